/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the syscall module sends, remembers and counts. */
#ifndef LATENCYSCOPE_SYSCALL_LAYOUT_H
#define LATENCYSCOPE_SYSCALL_LAYOUT_H

#include "../kernel.h"

enum record {
	RECORD_FUTEX_WAIT,
	RECORD_BLOCKING_SYSCALL,
	RECORD_SLEEP,
	RECORD_KERNEL_LOCK_WAIT,
};

#include "../actor.bpf.h"
#include "../histogram.bpf.h"
#include "../record.bpf.h"

/* A time that there is none of, or that cannot be told; the JDK's events mark it alike. */
#define NO_TIME (1ULL << 63)

enum call_kind {
	CALL_OTHER,
	CALL_FUTEX,
	CALL_SLEEP,
};

enum futex_operation {
	OPERATION_WAIT,
	OPERATION_WAIT_BITSET,
	OPERATION_WAIT_REQUEUE_PI,
	OPERATION_LOCK_PI,
	OPERATION_LOCK_PI2,
	OPERATION_WAITV,
	OPERATION_WAIT2, /* the futex_wait call of Linux 6.7 (cb8c4312afca) */
};

enum wait_outcome {
	OUTCOME_WOKEN,
	OUTCOME_TIMED_OUT,
	OUTCOME_VALUE_CHANGED,
	OUTCOME_INTERRUPTED,
	OUTCOME_FAILED,
};

enum sleep_outcome {
	SLEEP_COMPLETED,
	SLEEP_INTERRUPTED,
	SLEEP_FAILED,
};

/* What a descriptor stands for. */
enum file_kind {
	FILE_NONE,
	FILE_REGULAR,
	FILE_DIRECTORY,
	FILE_SOCKET,
	FILE_PIPE,
	FILE_DEVICE,
	FILE_ANONYMOUS, /* epoll, eventfd, timerfd, io_uring */
};

/* A lock of the kernel, and what the thread wanted of it. */
enum lock_kind {
	LOCK_OTHER, /* a semaphore */
	LOCK_MUTEX,
	LOCK_RWSEM_READ,
	LOCK_RWSEM_WRITE,
	LOCK_PERCPU_RWSEM,
	LOCK_RT_MUTEX,
	LOCK_SPINLOCK,
	LOCK_RWLOCK_READ,
	LOCK_RWLOCK_WRITE,
};

/* User space puts the call's name in its place. */
struct system_call {
	u64 number;
};

struct futex_wait {
	struct record_header header;
	u64 address;
	u64 asked_ns;
	u64 run_delay_ns;
	struct copied_stack stack;
	u32 expected;
	u32 timed;
	enum futex_operation operation;
	enum wait_outcome outcome;
	enum actor waker_context;
	u32 reserved;
	u32 waker_tid;
	u32 waker_pid;
	char waker[TASK_COMM_LEN];
};

struct blocking_syscall {
	struct record_header header;
	struct system_call call;
	s64 result;
	u64 run_delay_ns;
	struct copied_stack stack;
	s32 descriptor;
	enum file_kind file;
	enum actor waker_context;
	u32 reserved;
	u32 waker_tid;
	u32 waker_pid;
	char waker[TASK_COMM_LEN];
};

struct sleep {
	struct record_header header;
	struct system_call call;
	u64 asked_ns;
	u64 overslept_ns;
	u64 run_delay_ns;
	struct copied_stack stack;
	enum sleep_outcome outcome;
	u32 reserved;
};

struct kernel_lock_wait {
	struct record_header header;
	struct copied_stack stack;
	enum lock_kind lock;
	u32 mmap_lock;
	u32 holder_tid; /* 0: not known, or readers */
	u32 holder_pid;
	char holder[TASK_COMM_LEN];
};

const struct futex_wait *__record_futex_wait __attribute__((unused));
const struct blocking_syscall *__record_blocking_syscall __attribute__((unused));
const struct sleep *__record_sleep __attribute__((unused));
const struct kernel_lock_wait *__record_kernel_lock_wait __attribute__((unused));

/* A system call from its entry to its exit, through all restarts. */
struct call {
	u64 start_ns; /* 0: there is none */
	u64 end_ns;
	u64 asked_ns;
	/* The kernel's own counts: first at the entry, then what they rose by. */
	u64 switches;
	u64 run_delay_ns;
	u64 queued_until_ns; /* it was woken of a sleep that the scheduler took for a wait; or 0 */
	s64 result;
	u64 argument[3];
	u32 number;
	u32 cpu; /* on which it was entered */
	enum call_kind kind;
	u32 timed;
	/* Who woke the thread last in this call; tid 0: nobody, or an interrupt. */
	enum actor waker_context;
	/* Whether the thread is where it made the call, as far as its registers tell. */
	u32 is_here;
	u32 waker_tid;
	u32 waker_pid;
	char waker[TASK_COMM_LEN];
};

/* A wait for a lock of the kernel; start_ns 0: none. */
struct lock_wait {
	u64 start_ns;
	u64 lock; /* its address */
	enum lock_kind kind;
	u32 holder_tid; /* 0: not known */
	u32 holder_pid;
	u32 reserved;
	char holder[TASK_COMM_LEN];
};

struct thread_state {
	/* The call that is going on. */
	struct call call;
	/* One that a signal interrupted, while it is not known whether the kernel restarts it. */
	struct call interrupted;
	u64 interrupted_at; /* instruction after the call's */
	u64 interrupted_stack;
	/* End of the last call that blocked, or when the thread was first known to run. */
	u64 active_since_ns;
	/* The second in the midst of the first. */
	struct lock_wait locks[2];
};

struct thread_measures {
	u64 syscalls;
	u64 restarts; /* of calls that a signal interrupted; such a call is one in syscalls */
	u64 futex_value_changed;
	/* Of the calls on a monitored CPU. */
	u64 sleeps_monitored;
	u64 futex_waits_monitored;
	u64 blocking_calls_monitored;
	/* Asleep in calls, and between them, on all CPUs: together they tell a busy thread. */
	u64 blocked_ns;
	u64 active_ns;
	struct histogram futex_woken;
	struct histogram futex_timed_out;
	struct histogram futex_interrupted;
	struct histogram sleep;
	struct histogram overslept;
	struct histogram blocking_call;
	struct histogram kernel_lock;
};

/* Of every call by its number, on each CPU. */
enum subject {
	SUBJECT_CALL,
};

struct subject_measures {
	struct histogram blocked;
};

#include "../threads.bpf.h"
#include "../stack.bpf.h"
#include "../subjects.bpf.h"

#endif
