// SPDX-License-Identifier: MIT
/*
 * Threads that queue for one mutex. "owner" holds it until the others sleep in line, one after the
 * other, and HELD_MS longer; each of them then holds it for HELD_MS, too. Waits for a line of input
 * first. Prints by the threads' own clocks, in nanoseconds, for how long threads waited while
 * "owner", "queued-0", "queued-1" held it, at least and at most, because a thread can be preempted
 * in the release itself; then for how long each of the queued waited, likewise.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CONVOYS 10
#define QUEUED	3
#define HELD_MS 20

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int asked, done;
static atomic_int ids[QUEUED];
static long begun[QUEUED], shortest[QUEUED], waited[QUEUED], releasing[QUEUED + 1],
	released[QUEUED + 1];
static long least[QUEUED], most[QUEUED];

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void hold(void)
{
	for (long end = now() + HELD_MS * 1000000L; now() < end;)
		;
}

static void await(atomic_int *counter, int value)
{
	while (atomic_load(counter) < value)
		sched_yield();
}

/* How often a thread has gone to sleep. */
static long sleeps(int id)
{
	char path[64], line[256];
	long count = -1;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", id);
	FILE *status = fopen(path, "r");

	while (status && fgets(line, sizeof(line), status))
		sscanf(line, "voluntary_ctxt_switches: %ld", &count);
	if (status)
		fclose(status);
	return count;
}

static void *queue(void *argument)
{
	int number = (int)(long)argument;
	char name[16];

	snprintf(name, sizeof(name), "queued-%d", number);
	prctl(PR_SET_NAME, name);
	atomic_store(&ids[number], (int)syscall(SYS_gettid));
	atomic_fetch_add(&done, 1);
	for (int i = 0; i < CONVOYS; i++) {
		await(&asked, i * QUEUED + number + 1);
		begun[number] = now();
		pthread_mutex_lock(&mutex);
		waited[number] += now() - begun[number];
		hold();
		releasing[number + 1] = now();
		pthread_mutex_unlock(&mutex);
		released[number + 1] = now();
		atomic_fetch_add(&done, 1);
	}
	return NULL;
}

static void own(void)
{
	await(&done, QUEUED);
	for (int i = 0; i < CONVOYS; i++) {
		pthread_mutex_lock(&mutex);
		for (int number = 0; number < QUEUED; number++) {
			long before = sleeps(atomic_load(&ids[number]));

			atomic_fetch_add(&asked, 1);
			while (sleeps(atomic_load(&ids[number])) == before)
				sched_yield();
		}
		hold();
		releasing[0] = now();
		pthread_mutex_unlock(&mutex);
		released[0] = now();
		await(&done, QUEUED * (i + 2));
		for (int number = 0; number < QUEUED; number++) {
			least[0] += releasing[0] - begun[number];
			most[0] += released[0] - begun[number];
			shortest[number] += releasing[number] - begun[number];
			/* Those behind it in line wait for the one that holds the mutex then. */
			if (number > 0) {
				int behind = QUEUED - number;

				least[number] +=
					behind * (releasing[number] - released[number - 1]);
				most[number] += behind * (released[number] - releasing[number - 1]);
			}
		}
	}
}

int main(void)
{
	pthread_t threads[QUEUED];
	char line[16];

	prctl(PR_SET_NAME, "owner");
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	for (long i = 0; i < QUEUED; i++)
		if (pthread_create(&threads[i], NULL, queue, (void *)i))
			return 1;
	own();
	for (int i = 0; i < QUEUED; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < QUEUED; i++)
		printf("%ld %ld ", least[i], most[i]);
	for (int i = 0; i < QUEUED; i++)
		printf("%ld %ld ", shortest[i], waited[i]);
	printf("\n");
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) ? 0 : 1;
}
