// SPDX-License-Identifier: MIT
/* What the threads of calls.c do: each blocks in calls of one kind, and says when it is about to.
 */
#ifndef LATENCYSCOPE_TEST_LOADS_H
#define LATENCYSCOPE_TEST_LOADS_H

static void pipe_reads(struct pair *pair)
{
	char byte;

	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		check(CALL(pair, "read", read(pair->in, &byte, 1)) == 1, "read");
		/* There is something already: does not block. */
		check(write(pair->out, "y", 1) == 1, "write");
		check(CALL(pair, "read", read(pair->in, &byte, 1)) == 1, "read");
	}
}

static void polls(struct pair *pair)
{
	struct pollfd wanted = {.fd = pair->in, .events = POLLIN};
	struct epoll_event event;
	char byte;

	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		check(CALL(pair, "poll", poll(&wanted, 1, -1)) == 1, "poll");
		check(read(pair->in, &byte, 1) == 1, "read");
		ask(pair);
		check(CALL(pair, "epoll_wait", epoll_wait(pair->epoll, &event, 1, -1)) == 1,
		      "epoll");
		check(read(pair->in, &byte, 1) == 1, "read");
	}
}

static void write_byte(struct pair *pair)
{
	check(write(pair->out, "x", 1) == 1, "write");
}

static void accepts(struct pair *pair)
{
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	for (int i = 0; i < TIMES; i++) {
		int connection;

		ask(pair);
		connection = CALL(pair, "accept", accept(pair->listener, NULL, NULL));
		check(connection >= 0, "accept");
		ask(pair);
		check(CALL(pair, "recvmsg", recvmsg(connection, &message, 0)) == 1, "recvmsg");
		close(connection);
	}
}

static void connect_or_send(struct pair *pair)
{
	if (pair->connection < 0) {
		pair->connection = socket(AF_INET, SOCK_STREAM, 0);
		check(!connect(pair->connection, (void *)&pair->address, sizeof(pair->address)),
		      "connect");
	} else {
		check(send(pair->connection, "x", 1, 0) == 1, "send");
		close(pair->connection);
		pair->connection = -1;
	}
}

static void sleeps(struct pair *pair)
{
	struct timespec nap = {.tv_nsec = NAP_NS}, until;

	for (int i = 0; i < TIMES; i++) {
		CALL(pair, "clock_nanosleep", nanosleep(&nap, NULL));
		CALL(pair, "poll", poll(NULL, 0, NAP_NS / 1000000));
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += NAP_NS;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		CALL(pair, "clock_nanosleep",
		     clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
	}
}

static void syncs(struct pair *pair)
{
	char name[] = "/var/tmp/latencyscope-calls-XXXXXX", page[4096] = "";
	int file = mkstemp(name);

	check(file >= 0, name);
	unlink(name);
	for (int i = 0; i < TIMES; i++) {
		check(write(file, page, sizeof(page)) > 0, "write");
		CALL(pair, "fsync", fsync(file));
	}
	close(file);
}

static void locks(struct pair *pair)
{
	for (int i = 0; i < TIMES; i++) {
		/* The partner takes the lock when it is asked to, and gives it back once we sleep.
		 */
		ask(pair);
		while (!__atomic_load_n(&pair->word, __ATOMIC_ACQUIRE))
			;
		CALL(pair, "futex", pthread_mutex_lock(&pair->mutex));
		__atomic_store_n(&pair->word, 0, __ATOMIC_RELEASE);
		pthread_mutex_unlock(&pair->mutex);
	}
}

static void conditions(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		while (!pair->permits)
			CALL(pair, "futex", pthread_cond_wait(&pair->cond, &pair->mutex));
		pair->permits--;
	}
	pthread_mutex_unlock(&pair->mutex);
}

static void signal_condition(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	pair->permits++;
	pthread_mutex_unlock(&pair->mutex);
	pthread_cond_signal(&pair->cond);
}

static void waitvs(struct pair *pair)
{
	struct futex_waitv wanted = {.uaddr = (uintptr_t)&pair->word, .flags = FUTEX_32};
	struct timespec limit;

	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		CALL(pair, "futex_waitv", syscall(SYS_futex_waitv, &wanted, 1, 0, NULL, 0));
		clock_gettime(CLOCK_MONOTONIC, &limit);
		limit.tv_sec += (limit.tv_nsec + NAP_NS) / 1000000000L;
		limit.tv_nsec = (limit.tv_nsec + NAP_NS) % 1000000000L;
		CALL(pair, "futex_waitv",
		     syscall(SYS_futex_waitv, &wanted, 1, 0, &limit, CLOCK_MONOTONIC));
	}
}

static void wake_word(struct pair *pair)
{
	syscall(SYS_futex, &pair->word, FUTEX_WAKE, 1);
}

static void on_signal(int number)
{
	/* A call of its own, under the one that was interrupted. */
	check(number && getppid() > 0, "getppid");
}

static void handle(int number, int flags)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};

	sigaction(number, &action, NULL);
}

/* The signal ends the sleep; the same call is then made anew, at the same place. */
static void interrupted_sleeps(struct pair *pair)
{
	struct timespec nap = {.tv_sec = 20};

	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		check(CALL(pair, "clock_nanosleep", nanosleep(&nap, NULL)) == -1 && errno == EINTR,
		      "nanosleep");
	}
}

/* The signal interrupts the read, which the kernel restarts; only the next byte ends it. */
static void restarted_reads(struct pair *pair)
{
	char byte;

	for (int i = 0; i < TIMES; i++) {
		ask(pair);
		ask(pair);
		check(CALL(pair, "read", read(pair->in, &byte, 1)) == 1, "read");
	}
}

static void send_signal(struct pair *pair)
{
	syscall(SYS_tgkill, getpid(), pair->tid, SIGUSR1);
}

static void signal_then_byte(struct pair *pair)
{
	if (pair->permits++ % 2)
		write_byte(pair);
	else
		syscall(SYS_tgkill, getpid(), pair->tid, SIGUSR2);
}

/* One sleep, in which the test stops the process and lets it go on. */
static void stopped_sleep(struct pair *pair)
{
	struct timespec nap = {.tv_sec = 3};

	printf("sleeping\n");
	fflush(stdout);
	check(!CALL(pair, "clock_nanosleep", nanosleep(&nap, NULL)), "nanosleep");
}

#endif
