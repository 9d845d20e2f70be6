// SPDX-License-Identifier: MIT
/*
 * A process that is hard to name: its first thread ends, its name is cut in the middle of a letter,
 * and the file that it maps in the folder argv[1] has a name that is no text.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PAGES 64
#define PAGE 4096

static const char *folder;

static volatile char *mapped(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/b\xfc" "cher\r\xff", folder);
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, PAGES * PAGE))
		return NULL;
	return mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void *work(void *unused)
{
	volatile char *pages = mapped();

	for (int round = 0; pages && round < 60000; round++) {
		struct timespec nap = { 0, 2000000 };

		for (int i = 0; i < PAGES; i++)
			pages[i * PAGE]++;
		madvise((void *)pages, PAGES * PAGE, MADV_DONTNEED);
		nanosleep(&nap, NULL);
	}
	return unused;
}

int main(int count, char **arguments)
{
	pthread_t thread;

	folder = count > 1 ? arguments[1] : ".";
	prctl(PR_SET_NAME, "торговля-акциями");
	if (pthread_create(&thread, NULL, work, NULL))
		return 1;
	puts("ready");
	fflush(stdout);
	pthread_exit(NULL);
}
