// SPDX-License-Identifier: MIT
/*
 * A program whose threads make system calls that block a known number of times.
 *
 * Says "ready", waits for a line, runs the loads named on its command line one after the other and
 * says "done"; then it stays until its input ends. For each kind of call it prints
 *
 *   account THREAD TID CALL CALLS BLOCKED NS,NS,...
 *
 * BLOCKED are the calls around which getrusage(RUSAGE_THREAD) has seen a voluntary switch, which is
 * the kernel's count, and NS what the thread's own clock says that each took. PARTNER lines say
 * who was to end them: "partner THREAD TID PARTNER_TID".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TIMES	  40
#define NAP_NS	  20000000L
#define MAX_CALLS 8

struct account {
	const char *call;
	long calls, blocked;
	long ns[4 * TIMES]; /* of each that blocked */
};

/* A thread that blocks, and the one that lets it go on. */
struct pair {
	const char *name;
	void (*block)(struct pair *);
	void (*release)(struct pair *); /* once, when the other sleeps */
	int releases;
	int in, out, epoll, listener, connection;
	struct sockaddr_in address;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int permits;
	uint32_t word;
	volatile int turn;    /* how many releases have been asked for */
	volatile long before; /* voluntary switches of the thread when it asked last */
	long slept;	      /* and when it was last seen to have gone to sleep */
	volatile pid_t tid;
	struct account accounts[MAX_CALLS];
};

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

static void add(struct pair *pair, const char *call, long begun_ns, long before)
{
	long ns = now() - begun_ns;
	long rise = switches() - before;
	struct account *account = pair->accounts;

	while (account->call && strcmp(account->call, call))
		account++;
	account->call = call;
	account->calls++;
	if (rise) {
		check(account->blocked < 4 * TIMES, "more calls than there is room for");
		account->ns[account->blocked++] = ns;
	}
}

/* Makes a call and accounts for it under the kernel's name of it. */
#define CALL(pair, name, expression)                                                               \
	({                                                                                         \
		long before = switches(), begun = now();                                           \
		__typeof__(expression) result = (expression);                                      \
		add(pair, name, begun, before);                                                    \
		result;                                                                            \
	})

/* Lets the other thread come, as soon as this one sleeps. */
static void ask(struct pair *pair)
{
	pair->before = switches();
	__atomic_add_fetch(&pair->turn, 1, __ATOMIC_RELEASE);
}

#include "loads.h"

static void *run(void *argument)
{
	struct pair *pair = argument;

	pthread_setname_np(pthread_self(), pair->name);
	pair->tid = gettid();
	pair->block(pair);
	return NULL;
}

/*
 * Waits until the other thread has gone to sleep since it asked, or since this was last called.
 * Only a switch that was counted is a sleep: a thread is in the state of one shortly before, and
 * may then still be spared it.
 */
static void await_sleep(struct pair *pair)
{
	char path[64], line[256];
	struct timespec pause = {.tv_nsec = 100000};
	long before = pair->slept > pair->before ? pair->slept : pair->before;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", pair->tid);
	for (;;) {
		FILE *status = fopen(path, "r");
		long count = 0;

		check(status != NULL, path);
		while (fgets(line, sizeof(line), status))
			if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1)
				break;
		fclose(status);
		if (count > before) {
			pair->slept = count;
			return;
		}
		nanosleep(&pause, NULL);
	}
}

static void serve(struct pair *pair)
{
	for (int done = 0; done < pair->releases; done++) {
		while (__atomic_load_n(&pair->turn, __ATOMIC_ACQUIRE) <= done)
			sched_yield();
		if (pair->block == locks) {
			pthread_mutex_lock(&pair->mutex);
			__atomic_store_n(&pair->word, 1, __ATOMIC_RELEASE);
			await_sleep(pair);
			pthread_mutex_unlock(&pair->mutex);
			while (__atomic_load_n(&pair->word, __ATOMIC_ACQUIRE))
				sched_yield();
		} else {
			await_sleep(pair);
			pair->release(pair);
		}
	}
}

static struct pair pairs[] = {
	{.name = "pipe-reader", .block = pipe_reads, .release = write_byte, .releases = TIMES},
	{.name = "poller", .block = polls, .release = write_byte, .releases = 2 * TIMES},
	{.name = "acceptor", .block = accepts, .release = connect_or_send, .releases = 2 * TIMES},
	{.name = "sleeper", .block = sleeps, .release = NULL, .releases = 0},
	{.name = "syncer", .block = syncs, .release = NULL, .releases = 0},
	{.name = "contender", .block = locks, .release = NULL, .releases = TIMES},
	{.name = "pi-contender", .block = locks, .release = NULL, .releases = TIMES},
	{.name = "conditioned",
	 .block = conditions,
	 .release = signal_condition,
	 .releases = TIMES},
	{.name = "waitv", .block = waitvs, .release = wake_word, .releases = TIMES},
	{.name = "interrupted",
	 .block = interrupted_sleeps,
	 .release = send_signal,
	 .releases = TIMES},
	{.name = "restarted",
	 .block = restarted_reads,
	 .release = signal_then_byte,
	 .releases = 2 * TIMES},
	{.name = "stopped", .block = stopped_sleep, .release = NULL, .releases = 0},
};

static void make(struct pair *pair)
{
	int ends[2];
	struct epoll_event readable = {.events = EPOLLIN};
	socklen_t length = sizeof(pair->address);
	pthread_mutexattr_t attributes;

	check(!pipe(ends), "pipe");
	pair->in = ends[0];
	pair->out = ends[1];
	pair->epoll = epoll_create1(0);
	check(!epoll_ctl(pair->epoll, EPOLL_CTL_ADD, pair->in, &readable), "epoll_ctl");
	pair->connection = -1;
	pair->listener = socket(AF_INET, SOCK_STREAM, 0);
	pair->address.sin_family = AF_INET;
	pair->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(!bind(pair->listener, (void *)&pair->address, length), "bind");
	check(!listen(pair->listener, 8), "listen");
	getsockname(pair->listener, (void *)&pair->address, &length);
	pthread_mutexattr_init(&attributes);
	if (!strcmp(pair->name, "pi-contender"))
		pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&pair->mutex, &attributes);
	pthread_cond_init(&pair->cond, NULL);
}

static void play(struct pair *pair)
{
	pthread_t thread;

	make(pair);
	check(!pthread_create(&thread, NULL, run, pair), "pthread_create");
	while (!pair->tid)
		sched_yield();
	serve(pair);
	pthread_join(thread, NULL);
	printf("partner %s %d %d\n", pair->name, pair->tid, gettid());
	for (struct account *account = pair->accounts; account->call; account++) {
		printf("account %s %d %s %ld %ld ", pair->name, pair->tid, account->call,
		       account->calls, account->blocked);
		for (long i = 0; i < account->blocked; i++)
			printf("%ld,", account->ns[i]);
		printf("\n");
	}
}

int main(int count, char **names)
{
	char line[64];

	handle(SIGUSR1, 0);
	handle(SIGUSR2, SA_RESTART);
	printf("ready\n");
	fflush(stdout);
	check(fgets(line, sizeof(line), stdin) != NULL, "stdin");
	for (int i = 1; i < count; i++)
		for (size_t p = 0; p < sizeof(pairs) / sizeof(*pairs); p++)
			if (!strcmp(names[i], pairs[p].name))
				play(&pairs[p]);
	printf("done\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	return 0;
}
