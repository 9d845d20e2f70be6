/* SPDX-License-Identifier: MIT */
/*
 * One kind of event as fast as it goes, for benchmarks/floods.sh: flood KIND.
 *
 * For each line on standard input it floods for half a second and prints the CPU time of one
 * round in nanoseconds: what the scheduler charged to this process, so that neither waiting for a
 * CPU nor what else runs on the machine counts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS	 200
#define WINDOW	 500000000LL
#define PAGES	 256

static long long now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void calls(void)
{
	for (int i = 0; i < ROUNDS; i++)
		syscall(SYS_getppid);
}

static char *memory;

static void faults(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % PAGES == 0)
			madvise(memory, PAGES * 4096, MADV_DONTNEED);
		memory[i % PAGES * 4096] = 1;
	}
}

static int udp;

static void datagrams(void)
{
	char byte = 1;

	for (int i = 0; i < ROUNDS; i++)
		if (write(udp, &byte, 1) != 1 || read(udp, &byte, 1) != 1)
			exit(1);
}

static void open_udp(void)
{
	struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(self);

	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(udp, (void *)&self, length) || getsockname(udp, (void *)&self, &length) ||
	    connect(udp, (void *)&self, length))
		exit(1);
}

int main(int count, char **words)
{
	void (*flood)(void) = NULL;
	char line[16];

	if (count == 2 && !strcmp(words[1], "syscall"))
		flood = calls;
	if (count == 2 && !strcmp(words[1], "fault"))
		flood = faults;
	if (count == 2 && !strcmp(words[1], "udp"))
		flood = datagrams;
	if (!flood)
		return fprintf(stderr, "flood syscall|fault|udp\n"), 3;
	open_udp();
	memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(memory, PAGES * 4096, MADV_NOHUGEPAGE);
	while (fgets(line, sizeof(line), stdin)) {
		long long end = now(CLOCK_MONOTONIC) + WINDOW;
		long long before = now(CLOCK_PROCESS_CPUTIME_ID);
		long long rounds = 0;

		do {
			flood();
			rounds += ROUNDS;
		} while (now(CLOCK_MONOTONIC) < end);
		printf("%.1f\n", (double)(now(CLOCK_PROCESS_CPUTIME_ID) - before) / rounds);
		fflush(stdout);
	}
	return 0;
}
