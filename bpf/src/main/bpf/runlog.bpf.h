/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Who ran on this CPU lately: the last few runs, kept for every switch of every task so that a
 * wait can be blamed on whoever held the CPU meanwhile. Costs a few stores per switch; the search
 * is made only for waits that are reported.
 *
 * Written and read from sched_switch alone, which runs with interrupts off and the runqueue locked,
 * so the per-CPU log has one user at a time also where the kernel may preempt programs.
 */
#ifndef LATENCYSCOPE_RUNLOG_BPF_H
#define LATENCYSCOPE_RUNLOG_BPF_H

#include "kernel.h"

#define RUNS 16

struct run {
	u64 start_ns;
	u64 work; /* function of a workqueue's thread */
	u32 tid;
	u32 pid;
	u32 priority;
	u32 unused;
	char comm[TASK_COMM_LEN];
};

struct culprit {
	u64 seen_ns; /* how much of the interval the log covers */
	u64 held_ns;
	u64 work;
	u32 tid;
	u32 pid;
	u32 priority;
	u32 tasks; /* different ones that ran in the interval */
	char comm[TASK_COMM_LEN];
};

struct run_log {
	u64 next; /* runs written so far */
	struct run runs[RUNS];
	struct culprit found;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct run_log);
} ls_run_log SEC(".maps");

static __always_inline struct run_log *this_cpu_log(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_run_log, &zero);
}

/* A workqueue's thread leaves: only now is it known what it has worked on. */
static __always_inline void log_leaving(struct run_log *log, struct task_struct *task)
{
	if (task->flags & PF_WQ_WORKER)
		log->runs[(log->next - 1) % RUNS].work = work_function_of(task);
}

static __always_inline void log_arrival(struct run_log *log, struct task_struct *task, u64 now)
{
	struct run *run = &log->runs[log->next++ % RUNS];

	run->start_ns = now;
	run->work = 0;
	run->tid = task->pid;
	run->pid = task->tgid;
	run->priority = task->prio;
	((u64 *)run->comm)[0] = ((u64 *)task->comm)[0];
	((u64 *)run->comm)[1] = ((u64 *)task->comm)[1];
}

/* How long the run that is age steps back overlapped with [since, now]; 0: not at all. */
static __always_inline u64 overlap_ns(struct run_log *log, u32 age, u64 since, u64 now)
{
	u64 start = log->runs[(log->next - 1 - age) % RUNS].start_ns;
	u64 end = age ? log->runs[(log->next - age) % RUNS].start_ns : now;

	if (!start || end <= since)
		return 0;
	return end - (start > since ? start : since);
}

/*
 * Who ran longest on this CPU since the given time; puts it into the log. To be called before
 * log_arrival, while the newest run is that of the task that is just leaving.
 *
 * Not static and given numbers only, so that the verifier looks at it once and not on each of the
 * ways that lead here, of which Linux 5.10 sees too many.
 */
__noinline int find_culprit(u64 since, u64 now)
{
	struct run_log *log = this_cpu_log();
	struct culprit *culprit;

	if (!log)
		return 0;
	culprit = &log->found;
	__builtin_memset(culprit, 0, sizeof(*culprit));
	for (u32 age = 0; age < RUNS - 1; age++) {
		struct run *run = &log->runs[(log->next - 1 - age) % RUNS];
		u64 held = overlap_ns(log, age, since, now);
		bool seen = false;

		if (!held)
			break;
		culprit->seen_ns += held;
		for (u32 older = age + 1; older < RUNS - 1; older++)
			if (log->runs[(log->next - 1 - older) % RUNS].tid == run->tid)
				held += overlap_ns(log, older, since, now);
		for (u32 newer = 0; newer < age; newer++)
			if (log->runs[(log->next - 1 - newer) % RUNS].tid == run->tid)
				seen = true;
		if (seen)
			continue;
		culprit->tasks += run->tid != 0;
		if (held <= culprit->held_ns)
			continue;
		culprit->held_ns = held;
		culprit->work = run->work;
		culprit->tid = run->tid;
		culprit->pid = run->pid;
		culprit->priority = run->priority;
		__builtin_memcpy(culprit->comm, run->comm, TASK_COMM_LEN);
	}
	return 0;
}

#endif
