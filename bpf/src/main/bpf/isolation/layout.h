/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the isolation module sends, remembers and counts. */
#ifndef LATENCYSCOPE_ISOLATION_LAYOUT_H
#define LATENCYSCOPE_ISOLATION_LAYOUT_H

#include "../kernel.h"

enum record {
	RECORD_RUN_QUEUE_WAIT,
	RECORD_CONTEXT_SWITCH,
	RECORD_MIGRATION,
	RECORD_WAIT_SHARE,
};

/* Two records for each switch, and some for its shares, while the drain thread is kept waiting. */
#define RING_BYTES (16 << 20)
#include "../histogram.bpf.h"
#include "../record.bpf.h"
#include "../actor.bpf.h"

enum wait_kind {
	WAIT_NONE,
	WAIT_WAKEUP,
	WAIT_PREEMPTED,
};

enum leave_state {
	STATE_RUNNING,
	STATE_SLEEPING,
	STATE_DISK,
	STATE_STOPPED,
	STATE_TRACED,
	STATE_PARKED,
	STATE_DEAD,
	STATE_OTHER,
};

enum migration_cause {
	CAUSE_WAKE,
	CAUSE_BALANCE,
	CAUSE_AFFINITY,
	CAUSE_NUMA,
	CAUSE_EXEC,
};

struct run_queue_wait {
	struct record_header header;
	struct kernel_symbol culprit_work;
	u64 culprit_held_ns;
	u64 accounted_ns;
	u64 throttled_ns;
	u32 culprit_tid;
	u32 culprit_pid;
	u32 culprit_priority;
	u32 tasks_between;
	u32 priority;
	enum wait_kind kind;
	u32 shares;
	u32 outside;
	char culprit[TASK_COMM_LEN];
};

struct wait_share {
	struct record_header header;
	struct kernel_symbol culprit_work;
	u64 culprit_held_ns;
	u64 waited_ns;
	u64 offset_ns;
	u32 culprit_tid;
	u32 culprit_pid;
	u32 culprit_priority;
	enum wait_kind kind;
	u32 last;
	u32 outside;
	char culprit[TASK_COMM_LEN];
};

struct context_switch {
	struct record_header header;
	u64 waited_ns;
	u32 next_tid;
	u32 next_pid;
	u32 next_priority;
	u32 return_cpu;
	u32 waker_tid;
	enum leave_state state;
	u32 voluntary;
	enum actor waker_context;
	u32 outside;
	u32 reserved;
	char next[TASK_COMM_LEN];
	char waker[TASK_COMM_LEN];
};

struct migration {
	struct record_header header;
	u32 to_cpu;
	u32 by_tid;
	enum migration_cause cause;
	enum actor by_context;
	u32 outside;
	u32 reserved;
	char by[TASK_COMM_LEN];
};

const struct run_queue_wait *__record_run_queue_wait __attribute__((unused));
const struct context_switch *__record_context_switch __attribute__((unused));
const struct migration *__record_migration __attribute__((unused));
const struct wait_share *__record_wait_share __attribute__((unused));

#include "../runlog.bpf.h"

struct thread_state {
	/* The wait that is going on, unless its kind is WAIT_NONE. */
	u64 wait_start_ns;
	enum wait_kind wait_kind;
	/* The stay on the CPU that is going on: when it began, if that was seen, or 0. */
	u32 waits_measured; /* how many have been counted since it last left, and their sum */
	u64 waited_ns;
	u64 arrival_ns;
	/* The interval off the CPU that is going on, unless off_start_ns is 0. */
	u64 off_start_ns;
	u32 off_cpu;
	enum leave_state left_in;
	u8 voluntary;
	u8 waker_context; /* enum actor, of the wakeup since */
	u8 numa_move;	  /* NUMA balancing has announced that it moves the thread */
	u8 throttle_seen; /* its group was throttled when it came into one of the wait's queues */
	u32 next_tid;
	u32 next_pid;
	u32 next_priority;
	u32 waker_tid;
	char next[TASK_COMM_LEN];
	char waker[TASK_COMM_LEN];
	u32 migrations; /* the kernel's count when we last saw it, and those traced since */
	/* Of the wait that is going on: the group's queue that the thread is in, for how long that
	 * had been throttled when the thread came into it, and what the quota took in queues before
	 * that one. */
	u64 throttle_queue;
	u64 throttle_base_ns;
	u64 throttled_ns;
	/* The kernel's own counts when we last saw them. */
	u32 nvcsw;
	u32 nivcsw;
	u64 cpu_time;
	u64 run_delay;
	u64 pcount;
	u64 charged_asleep; /* how much it rises by that is of the sleep before the wait */
};

struct thread_measures {
	u64 voluntary_switches;
	u64 involuntary_switches;
	u64 involuntary_switches_monitored;
	/* How many of these its tracepoints did not tell. */
	u64 switches_missed;
	u64 waits_untraced;
	u64 migrations_wake;
	u64 migrations_balance;
	u64 migrations_affinity;
	u64 migrations_numa;
	u64 migrations_exec;
	u64 migrations_untraced; /* as switches_missed */
	u64 involuntary_migrations_monitored;
	/* What /proc/PID/task/TID/schedstat says of the same interval. */
	u64 cpu_time_ns;
	u64 run_delay_ns;
	u64 run_delay_count;
	/* How much of run_delay_ns is of times when the thread slept. */
	u64 run_delay_asleep_ns;
	struct histogram runqueue_wakeup;
	struct histogram runqueue_preempted;
};

#include "../threads.bpf.h"

/*
 * With 72 bytes of the kernel's in front and 8 behind, no more than 256: of such it keeps four
 * ready on each CPU, of larger ones a single one, and has none for the second thread that is new
 * there.
 */
_Static_assert(sizeof(struct thread_storage) <= 176, "threads would be missed at the begin");

#endif
