/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Whom and where to watch: written by user space before the object is loaded. */
#ifndef LATENCYSCOPE_TARGET_BPF_H
#define LATENCYSCOPE_TARGET_BPF_H

#include "kernel.h"

#define MAX_CPUS 8192 /* CONFIG_NR_CPUS of no distribution is larger */

/* Process to watch, as the initial pid namespace numbers it; 0 watches every user process. */
const volatile u32 target_tgid;
/* Process that is never watched, which is our own when it watches others; 0 for none. */
const volatile u32 excluded_tgid;
/* Depth of the target's pid namespace: thread ids are reported as numbered there. */
const volatile u32 pid_namespace_level;
/* If set, only what happens on the monitored CPUs is counted; see is_followed. */
const volatile bool only_monitored_cpus;
/* CPUs that were named by the user or are isolated by the host. */
const volatile u64 monitored_cpus[MAX_CPUS / 64];

static __always_inline bool is_target(struct task_struct *task)
{
	u32 tgid = task_read(task, tgid);

	if (target_tgid)
		return tgid == target_tgid;
	return !(task_read(task, flags) & PF_KTHREAD) && task_read(task, pid) != 0 &&
	       tgid != excluded_tgid;
}

static __always_inline bool is_monitored(u32 cpu)
{
	return monitored_cpus[(cpu % MAX_CPUS) / 64] >> (cpu % 64) & 1;
}

static __always_inline bool is_recorded(u32 cpu)
{
	return !only_monitored_cpus || is_monitored(cpu);
}

/*
 * A target's threads are followed to CPUs that are not recorded, so that it is known what they did
 * all the time. Not so those of all processes: these would be too many.
 */
static __always_inline bool is_followed(u32 cpu)
{
	return target_tgid || is_recorded(cpu);
}

/* The id by which the target's own /proc knows the thread. */
static __always_inline u32 thread_id_of(struct task_struct *task)
{
	struct pid *pid;
	u32 id = 0;

	if (!pid_namespace_level)
		return task_read(task, pid);
	pid = task_read(task, thread_pid);
	bpf_probe_read_kernel(&id, sizeof(id), &pid->numbers[pid_namespace_level & 31].nr);
	return id;
}

/* The id by which the thread knows itself: that of the innermost pid namespace that it is in. */
static __always_inline u32 namespace_thread_id_of(struct task_struct *task)
{
	struct pid *pid = task_read(task, thread_pid);
	u32 level = 0;
	u32 id = 0;

	bpf_probe_read_kernel(&level, sizeof(level), &pid->level);
	bpf_probe_read_kernel(&id, sizeof(id), &pid->numbers[level & 31].nr);
	return id;
}

#endif
