// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * crowd CPU HOPS: a thread that computes on a CPU, and a crowd of other processes that takes the CPU
 * from it for HOPS short runs, three times a second. The crowd is a ring of real-time processes that
 * hand a token on. Says "pid PID", then for each burst how long the thread was kept from its work,
 * in nanoseconds. Ends when its standard input does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MEMBERS	  64
#define PERIOD_MS 333 /* a wait of 511 shares takes all that there may be in 256 ms */

static int pipes[MEMBERS][2];

static long long now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Hands the token on, with one hop less in it, until there are none left. */
static void member(int number)
{
	int hops;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(pipes[number][0], &hops, sizeof(hops)) == sizeof(hops))
		if (--hops > 0 &&
		    write(pipes[(number + 1) % MEMBERS][1], &hops, sizeof(hops)) != sizeof(hops))
			break;
	exit(0);
}

/* Begins a burst at the beginning of each period; itself on whatever CPU the others leave. */
static void starter(int hops, cpu_set_t *elsewhere)
{
	struct timespec nap = {.tv_nsec = PERIOD_MS * 1000000L};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sched_setaffinity(0, sizeof(*elsewhere), elsewhere);
	for (;;) {
		nanosleep(&nap, NULL);
		if (write(pipes[0][1], &hops, sizeof(hops)) != sizeof(hops))
			exit(1);
	}
}

int main(int argc, char **argv)
{
	struct sched_param priority = {.sched_priority = 1};
	cpu_set_t cpu, elsewhere;
	long long last, worst = 0, period;
	char end;

	if (argc != 3)
		return 2;
	sched_getaffinity(0, sizeof(elsewhere), &elsewhere);
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	if (CPU_COUNT(&elsewhere) > 1)
		CPU_CLR(atoi(argv[1]), &elsewhere);
	for (int i = 0; i < MEMBERS; i++)
		if (pipe(pipes[i]))
			return 1;
	for (int i = 0; i < MEMBERS; i++)
		if (!fork()) {
			sched_setaffinity(0, sizeof(cpu), &cpu);
			if (sched_setscheduler(0, SCHED_FIFO, &priority))
				return 1;
			member(i);
		}
	if (!fork())
		starter(atoi(argv[2]), &elsewhere);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	setpriority(PRIO_PROCESS, 0, -20); /* what else runs on the machine is not to be in its way */
	fcntl(0, F_SETFL, O_NONBLOCK);
	printf("pid %d\n", getpid());
	fflush(stdout);
	/* The longest gap of each period is the burst's. */
	last = now_ns();
	period = last;
	for (;;) {
		long long now = now_ns();

		if (now - last > worst)
			worst = now - last;
		last = now;
		if (now - period < PERIOD_MS * 1000000LL)
			continue;
		printf("%lld\n", worst);
		fflush(stdout);
		if (read(0, &end, 1) == 0)
			return 0;
		worst = 0;
		last = period = now_ns();
	}
}
