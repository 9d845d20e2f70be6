/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * On whose behalf does a softirq run? The kernel runs softirqs wherever it may: on the way out of
 * an interrupt, or when a thread's system call enables bottom halves again (local_bh_enable). What
 * tells is who raised it. An interrupt that raises one takes its time away from whoever runs, also
 * if the thread held the softirq back for a moment. A thread that raises one itself, as a send
 * through the loopback device does, works for itself.
 *
 * One that runs again without having been raised anew continues what ran before it.
 */
#ifndef LATENCYSCOPE_IRQ_CONTEXT_H
#define LATENCYSCOPE_IRQ_CONTEXT_H

#include "layout.h"
#include "nesting.bpf.h"

/* Threads of the kernel for softirqs: ksoftirqd/N. */
static __always_inline bool is_ksoftirqd(struct task_struct *task)
{
	const u64 ksoftirq = 0x71726974666f736bULL; /* the letters, little-endian */
	u64 comm[TASK_COMM_LEN / sizeof(u64)];

	if (!(task_read(task, flags) & PF_KTHREAD))
		return false;
	copy_comm((char *)comm, task);
	return comm[0] == ksoftirq;
}

/* Who raises a softirq now: the thread that runs, or 0 if it is an interrupt. */
static __always_inline u32 raiser_now(struct cpu_interrupts *cpu, struct task_struct *task)
{
	struct open_interrupt *open = innermost(cpu);

	if (!open)
		return task_read(task, pid);
	return open->kind == SUBJECT_VECTOR && open->context == CONTEXT_OWN_CALL
		       ? task_read(task, pid)
		       : 0;
}

static __always_inline void note_raise(struct cpu_interrupts *cpu, u32 vector)
{
	u32 raiser = raiser_now(cpu, current_task());
	struct raise *raise = &cpu->raised[vector & (MAX_SOFTIRQS - 1)];

	/* Where both have raised it, it is an interrupt's. */
	if (raise->pending && raise->by_tid != raiser)
		raiser = 0;
	raise->by_tid = raiser;
	raise->pending = 1;
}

static __always_inline enum softirq_context context_now(struct cpu_interrupts *cpu, u32 vector)
{
	struct task_struct *task = current_task();
	struct raise *raise = &cpu->raised[vector & (MAX_SOFTIRQS - 1)];
	u32 raiser = raise->pending ? raise->by_tid : cpu->last_raiser;

	raise->pending = 0;
	cpu->last_raiser = raiser;
	if (is_ksoftirqd(task))
		return CONTEXT_KSOFTIRQD;
	return raiser && raiser == task_read(task, pid) ? CONTEXT_OWN_CALL : CONTEXT_INTERRUPT;
}

#endif
