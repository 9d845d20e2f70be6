/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Whom an interrupt is charged to, and what is told of it. */
#ifndef LATENCYSCOPE_IRQ_ACCOUNT_H
#define LATENCYSCOPE_IRQ_ACCOUNT_H

#include "layout.h"
#include "nesting.bpf.h"

/* The thread that was interrupted, if it is one of the target's. */
struct victim {
	struct task_struct *task;
	struct thread_slot *slot; /* NULL: nobody's */
	u32 slot_index;
};

static __always_inline void nothing_to_remember(struct task_struct *task,
						struct thread_state *state)
{
}

/*
 * Storage cannot be made in an interrupt that comes while some program on this CPU makes another,
 * nor for a thread that is about to be gone; then the interrupt is nobody's.
 *
 * Whom the last interrupt hit, the next one hits too, most often. That is remembered until a thread
 * of the target ends: only then can another be at the same address. Whatever comes in between the
 * stores finds them not to fit, or to say the same.
 */
static __always_inline void find_victim(struct cpu_interrupts *cpu, struct victim *victim,
					bool may_create)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	u64 ended = threads_ended;

	victim->task = task;
	if (cpu->victim == (u64)task && cpu->victim_seen == ended) {
		victim->slot_index = cpu->victim_slot;
		victim->slot = slot_at(victim->slot_index);
		return;
	}
	victim->slot = NULL;
	victim->slot_index = 0;
	if (!is_target(task))
		return;
	storage = stored_state(task);
	if (!storage && may_create && !(task_read(task, flags) & PF_EXITING))
		storage = new_state(task);
	if (!storage)
		return;
	storage = thread_with(storage, task, &victim->slot, nothing_to_remember);
	if (!storage)
		return;
	victim->slot_index = storage->slot;
	cpu->victim_slot = storage->slot;
	cpu->victim_seen = ended;
	cpu->victim = (u64)task;
}

/*
 * Counts it for what caused it; says who was interrupted. The number of what caused it is
 * remembered where there is a place for it: a tick finds little of ours in the CPU's caches, and
 * each of them that it need not look at is some ten nanoseconds.
 */
static __always_inline void count_interrupt(struct cpu_interrupts *interrupts, enum subject kind,
					    u32 id, u32 cpu, const char *name, u32 *number,
					    u64 net_ns, bool further, struct victim *victim)
{
	u32 subject = number && *number ? *number : subject_index_of(kind, id, cpu);
	struct subject_measures *measures = subject_measures_at(subject, name);
	struct task_struct *task;

	if (number)
		*number = subject;
	find_victim(interrupts, victim, true);
	if (!measures)
		return;
	subject_add(&measures->net_time, net_ns);
	if (further)
		subject_count(&measures->handlers_further, 1);
	task = victim->task;
	if (!victim->slot && is_target(task) && !(task_read(task, flags) & PF_EXITING))
		subject_count(&measures->unattributed, 1);
}

/* Whether somebody wants to see it: a thread of the target was hit, or a CPU that is watched. */
static __always_inline bool is_told(struct victim *victim, u32 record, u32 cpu, u64 gross_ns)
{
	if (victim->slot ? victim->slot->muted != 0 : !is_monitored(cpu))
		return false;
	return is_wanted(record, gross_ns);
}

static __always_inline void fill_interrupt_header(struct record_header *header, enum record record,
						  struct victim *victim, u32 cpu, struct span *span)
{
	header->kernel_start_ns = span->start_ns;
	header->kernel_duration_ns = span->gross_ns;
	header->record = record;
	header->os_thread_id = 0;
	header->cpu = cpu;
	header->slot = victim->slot_index;
	__builtin_memset(header->thread, 0, TASK_COMM_LEN);
	if (victim->slot) {
		header->os_thread_id = victim->slot->os_thread_id;
		copy_comm(header->thread, victim->task);
	}
}

/* An idle CPU was nobody's: then the name is empty. */
static __always_inline void fill_interrupted(char *name, u32 *tid, struct task_struct *task)
{
	*tid = task_read(task, pid);
	__builtin_memset(name, 0, TASK_COMM_LEN);
	if (task_read(task, pid))
		copy_comm(name, task);
}

#endif
