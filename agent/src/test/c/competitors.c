// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * competitors CPU: twelve processes that want one CPU, each in its own way. Says their ids in one
 * line, "pids A B ..."; they end with it, or when its standard input does.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define COMPETITORS 12
#define THREADS	    40

static long long now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *runs_a_little(void *unused)
{
	long long end = now_ns(CLOCK_THREAD_CPUTIME_ID) + 2000000;

	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		;
	return unused;
}

/* Forty short-lived threads at once, again and again. */
static void bears_threads(void)
{
	pthread_t threads[THREADS];

	for (;;) {
		for (int i = 0; i < THREADS; i++)
			if (pthread_create(&threads[i], NULL, runs_a_little, NULL))
				exit(1);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
}

/* A real-time task that takes the CPU when it wants it. */
static void bursts(void)
{
	struct sched_param priority = {.sched_priority = 1};
	struct timespec nap = {.tv_nsec = 60000000};

	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		exit(1);
	for (;;) {
		long long end = now_ns(CLOCK_MONOTONIC) + 9000000;

		while (now_ns(CLOCK_MONOTONIC) < end)
			;
		nanosleep(&nap, NULL);
	}
}

static void competes(int number)
{
	char name[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "competitor-%d", number);
	prctl(PR_SET_NAME, name);
	if (number == 0)
		bursts();
	if (number == 1)
		bears_threads();
	setpriority(PRIO_PROCESS, 0, number % 3);
	for (;;)
		;
}

int main(int argc, char **argv)
{
	cpu_set_t cpu;
	char end;

	(void)argc;
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	printf("pids");
	for (int i = 0; i < COMPETITORS; i++) {
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (!pid) {
			sched_setaffinity(0, sizeof(cpu), &cpu);
			competes(i);
		}
		printf(" %d", pid);
	}
	printf("\n");
	fflush(stdout);
	return read(0, &end, 1) < 0;
}
