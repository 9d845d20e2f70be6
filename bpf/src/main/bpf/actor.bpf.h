/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Who acts when a program is called: the thread that runs, or an interrupt that only came while
 * that thread ran. The kernel's preempt count has the context. A softirq that a thread raised
 * itself, as a send through the loopback device does, is the thread's own act.
 */
#ifndef LATENCYSCOPE_ACTOR_H
#define LATENCYSCOPE_ACTOR_H

#include "kernel.h"
#include "runqueue.bpf.h"

enum actor {
	ACTOR_NONE,
	ACTOR_TASK,
	ACTOR_SOFTIRQ,
	ACTOR_HARDIRQ,
	ACTOR_NMI,
	ACTOR_UNKNOWN, /* this kernel does not tell: it may be the thread or an interrupt */
};

/*
 * include/linux/preempt.h: softirqs in bits 8 to 15, of which the lowest says that one is being
 * served; hard interrupts in bits 16 to 19, NMIs above. Linux 7.3 puts eight bits in between for
 * counted disabling of interrupts (9634d860ac15), and has a per-CPU variable
 * local_interrupt_disable_state since then.
 */
#define SERVING_SOFTIRQ	    0x00000100
#define IN_HARDIRQ_BEFORE   0x000f0000
#define IN_NMI_BEFORE	    0x00f00000
#define IN_HARDIRQ	    0x0f000000
#define IN_NMI		    0x10000000
#define MAX_RAISED_SOFTIRQS 16 /* there are 10; a power of 2 */

/* Where user space has found per-CPU variables in the kernel's BTF; negative: there is none. */
#define NO_VARIABLE (-1)
const volatile s64 percpu_offset_local_interrupt_disable_state = NO_VARIABLE;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* With PREEMPT_RT softirqs are counted by thread. */
struct task_struct___rt {
	int softirq_disable_cnt;
};

#if defined(__TARGET_ARCH_arm64)
struct thread_info___actor {
	struct {
		u32 count;
	} preempt;
};

struct task_struct___actor {
	struct thread_info___actor thread_info;
};
#endif

#pragma clang attribute pop

/* Who raised the softirqs of a CPU: a thread's id, or 0 if it was an interrupt. */
struct raisers {
	u64 preempt_count_at; /* its address on this CPU; 0: not looked for yet */
	u32 pending[MAX_RAISED_SOFTIRQS];
	u32 by_tid[MAX_RAISED_SOFTIRQS];
	u32 running_by_tid; /* of the one that began last */
	u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct raisers);
} ls_raisers SEC(".maps");

static __always_inline struct raisers *this_cpu_raisers(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_raisers, &zero);
}

#if defined(__TARGET_ARCH_x86)
const volatile s64 percpu_offset_runqueues = NO_VARIABLE;
const volatile s64 percpu_offset___preempt_count = NO_VARIABLE;
/* From 6.2 (64701838bf05) to 6.14 (46e8fff6d45f is in 6.15) the preempt count is in here. */
const volatile s64 percpu_offset_pcpu_hot = NO_VARIABLE;
const volatile s64 member_offset_pcpu_hot__preempt_count = NO_MEMBER;

/*
 * Programs can be given a per-CPU variable's address by its name, but only where the kernel knows
 * the names of its data (CONFIG_KALLSYMS_ALL). The queue that a running thread is of is a per-CPU
 * variable, too: from there the way is the same on every CPU.
 */
static __always_inline u64 address_of_preempt_count(struct task_struct *task)
{
	u64 queue, offset;

	if (!bpf_core_field_exists(struct cfs_rq___queue, rq) || percpu_offset_runqueues < 0)
		return 0;
	if (percpu_offset___preempt_count >= 0)
		offset = percpu_offset___preempt_count;
	else if (percpu_offset_pcpu_hot >= 0 && member_offset_pcpu_hot__preempt_count >= 0)
		offset = percpu_offset_pcpu_hot + member_offset_pcpu_hot__preempt_count;
	else
		return 0;
	queue = (u64)BPF_CORE_READ((struct task_struct___queue *)task, se.cfs_rq, rq);
	return queue ? queue - percpu_offset_runqueues + offset : 0;
}

static __always_inline bool read_preempt_count(struct task_struct *task, struct raisers *raisers,
					       u32 *count)
{
	if (!raisers->preempt_count_at)
		raisers->preempt_count_at = address_of_preempt_count(task);
	return raisers->preempt_count_at &&
	       !bpf_probe_read_kernel(count, sizeof(*count), (void *)raisers->preempt_count_at);
}
#elif defined(__TARGET_ARCH_arm64)
static __always_inline bool read_preempt_count(struct task_struct *task, struct raisers *raisers,
					       u32 *count)
{
	if (!bpf_core_field_exists(struct task_struct___actor, thread_info.preempt.count))
		return false;
	*count = BPF_CORE_READ((struct task_struct___actor *)task, thread_info.preempt.count);
	return true;
}
#endif

static __always_inline enum actor actor_in(struct task_struct *task, struct raisers *raisers)
{
	u32 tid = task_read(task, pid);
	u32 softirqs, count;

	if (!raisers || !read_preempt_count(task, raisers, &count))
		return ACTOR_UNKNOWN;
	if (count & (percpu_offset_local_interrupt_disable_state < 0 ? IN_NMI_BEFORE : IN_NMI))
		return ACTOR_NMI;
	if (count &
	    (percpu_offset_local_interrupt_disable_state < 0 ? IN_HARDIRQ_BEFORE : IN_HARDIRQ))
		return ACTOR_HARDIRQ;
	softirqs = count;
	if (bpf_core_field_exists(struct task_struct___rt, softirq_disable_cnt))
		softirqs = BPF_CORE_READ((struct task_struct___rt *)task, softirq_disable_cnt);
	if (softirqs & SERVING_SOFTIRQ)
		return tid && raisers->running_by_tid == tid ? ACTOR_TASK : ACTOR_SOFTIRQ;
	/* An idle CPU that polls does without being interrupted what an interrupt would have. */
	return tid ? ACTOR_TASK : ACTOR_HARDIRQ;
}

/* The one that acts now, on the CPU that runs this thread. */
static __always_inline enum actor actor_now(struct task_struct *current)
{
	return actor_in(current, this_cpu_raisers());
}

/* Whether the thread that runs is to be named, as the actor or as what may be it. */
static __always_inline bool may_be_task(enum actor actor)
{
	return actor == ACTOR_TASK || actor == ACTOR_UNKNOWN;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(ls_softirq_entry, unsigned int vector)
{
	struct raisers *raisers = this_cpu_raisers();

	vector &= MAX_RAISED_SOFTIRQS - 1;
	/* One that was not raised anew continues what ran before it. */
	if (raisers && raisers->pending[vector]) {
		raisers->running_by_tid = raisers->by_tid[vector];
		raisers->pending[vector] = 0;
	}
	return 0;
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(ls_softirq_raise, unsigned int vector)
{
	struct raisers *raisers = this_cpu_raisers();
	struct task_struct *task = current_task();
	u32 by;

	if (!raisers)
		return 0;
	vector &= MAX_RAISED_SOFTIRQS - 1;
	by = actor_in(task, raisers) == ACTOR_TASK ? task_read(task, pid) : 0;
	/* Where both a thread and an interrupt have raised it, it is the interrupt's. */
	if (raisers->pending[vector] && raisers->by_tid[vector] != by)
		by = 0;
	raisers->by_tid[vector] = by;
	raisers->pending[vector] = 1;
	return 0;
}

#endif
