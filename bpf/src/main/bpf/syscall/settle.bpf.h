/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What becomes of a call that is over: counts, and a record if it blocked for long enough. */
#ifndef LATENCYSCOPE_SYSCALL_SETTLE_H
#define LATENCYSCOPE_SYSCALL_SETTLE_H

#include "asked.bpf.h"
#include "file.bpf.h"

/* include/uapi/asm-generic/errno-base.h, errno.h */
#define EINTR	  4
#define EAGAIN	  11
#define ETIMEDOUT 110

/* include/linux/errno.h: what a call returns that a signal interrupted. No program sees these. */
#define ERESTARTSYS	      512
#define ERESTART_RESTARTBLOCK 516
#define ENOIOCTLCMD	      515

static __always_inline bool is_interruption(s64 result)
{
	return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK && result != -ENOIOCTLCMD;
}

/* Only a call that blocked is of interest, and by the kernel's own count. */
static __always_inline bool has_blocked(struct call *call)
{
	return call->switches != 0;
}

static __always_inline enum wait_outcome outcome_of(s64 result)
{
	if (result >= 0)
		return OUTCOME_WOKEN;
	if (result == -ETIMEDOUT)
		return OUTCOME_TIMED_OUT;
	if (result == -EAGAIN)
		return OUTCOME_VALUE_CHANGED;
	return result == -EINTR ? OUTCOME_INTERRUPTED : OUTCOME_FAILED;
}

static __always_inline void fill(struct record_header *header, u32 record, struct task_struct *task,
				 struct thread_storage *storage, struct thread_slot *slot,
				 struct call *call)
{
	fill_header(header, record, task, slot, storage->slot);
	header->kernel_start_ns = call->start_ns;
	header->kernel_duration_ns = call->end_ns - call->start_ns;
	header->cpu = call->cpu;
}

/* Of a call that has blocked. Some wakeups are not traced: then it is not known who made it. */
static __always_inline enum actor waker_context_of(struct call *call)
{
	return call->waker_context == ACTOR_NONE ? ACTOR_UNKNOWN : call->waker_context;
}

/* Only of what is kept, and of a thread that has not gone elsewhere since. */
static __always_inline u64 stack_of(struct thread_slot *slot, struct call *call, u32 record)
{
	bool kept = call->end_ns - call->start_ns >= threshold_ns[record];

	return kept && call->is_here ? take_stack(slot) : 0;
}

static __always_inline void send_futex_wait(struct task_struct *task,
					    struct thread_storage *storage,
					    struct thread_slot *slot, struct call *call,
					    enum wait_outcome outcome)
{
	struct futex_wait *record = reserve_record(RECORD_FUTEX_WAIT, sizeof(*record));
	bool woken = outcome == OUTCOME_WOKEN;

	if (!record)
		return;
	fill(&record->header, RECORD_FUTEX_WAIT, task, storage, slot, call);
	record->address = call->argument[0];
	record->asked_ns = call->asked_ns;
	record->run_delay_ns = call->run_delay_ns;
	record->stack.number = stack_of(slot, call, RECORD_FUTEX_WAIT);
	/* The argument of futex_wait(2) is wider; a futex is not. */
	record->expected = call->number == SYS_FUTEX_WAIT ? call->argument[1] : call->argument[2];
	record->timed = call->timed;
	record->operation = futex_operation_of(call->number, call->argument[1]);
	record->outcome = outcome;
	record->waker_context =
		outcome == OUTCOME_INTERRUPTED ? ACTOR_NONE : waker_context_of(call);
	record->reserved = 0;
	/* The sender of a signal has nothing to do with the lock. */
	record->waker_tid = woken ? call->waker_tid : 0;
	record->waker_pid = woken ? call->waker_pid : 0;
	__builtin_memset(record->waker, 0, TASK_COMM_LEN);
	if (record->waker_tid)
		__builtin_memcpy(record->waker, call->waker, TASK_COMM_LEN);
	submit_record(record, RECORD_FUTEX_WAIT);
}

static __always_inline void settle_futex_wait(struct task_struct *task,
					      struct thread_storage *storage,
					      struct thread_slot *slot, struct call *call,
					      u64 duration)
{
	enum wait_outcome outcome = outcome_of(call->result);
	struct thread_measures *measures = &slot->measures;

	if (is_monitored(call->cpu))
		measures->futex_waits_monitored++;
	/* One histogram_add only: each is a good part of the program. */
	histogram_add(outcome == OUTCOME_WOKEN	     ? &measures->futex_woken
		      : outcome == OUTCOME_TIMED_OUT ? &measures->futex_timed_out
						     : &measures->futex_interrupted,
		      duration);
	if (!slot->muted && is_wanted(RECORD_FUTEX_WAIT, duration))
		send_futex_wait(task, storage, slot, call, outcome);
}

static __always_inline void settle_sleep(struct task_struct *task, struct thread_storage *storage,
					 struct thread_slot *slot, struct call *call, u64 duration)
{
	struct thread_measures *measures = &slot->measures;
	struct sleep *record;
	bool completed = call->result == 0;
	u64 overslept = 0;

	if (is_monitored(call->cpu))
		measures->sleeps_monitored++;
	histogram_add(&measures->sleep, duration);
	if (completed && call->asked_ns != NO_TIME) {
		overslept = duration > call->asked_ns ? duration - call->asked_ns : 0;
		histogram_add(&measures->overslept, overslept);
	}
	if (slot->muted || !is_wanted(RECORD_SLEEP, duration))
		return;
	record = reserve_record(RECORD_SLEEP, sizeof(*record));
	if (!record)
		return;
	fill(&record->header, RECORD_SLEEP, task, storage, slot, call);
	record->call.number = call->number;
	record->asked_ns = call->asked_ns;
	record->overslept_ns = overslept;
	record->run_delay_ns = call->run_delay_ns;
	record->stack.number = stack_of(slot, call, RECORD_SLEEP);
	record->outcome = completed		   ? SLEEP_COMPLETED
			  : call->result == -EINTR ? SLEEP_INTERRUPTED
						   : SLEEP_FAILED;
	record->reserved = 0;
	submit_record(record, RECORD_SLEEP);
}

static __always_inline void settle_other(struct task_struct *task, struct thread_storage *storage,
					 struct thread_slot *slot, struct call *call, u64 duration)
{
	struct thread_measures *measures = &slot->measures;
	struct blocking_syscall *record;

	if (is_monitored(call->cpu))
		measures->blocking_calls_monitored++;
	histogram_add(&measures->blocking_call, duration);
	if (slot->muted || !is_wanted(RECORD_BLOCKING_SYSCALL, duration))
		return;
	record = reserve_record(RECORD_BLOCKING_SYSCALL, sizeof(*record));
	if (!record)
		return;
	fill(&record->header, RECORD_BLOCKING_SYSCALL, task, storage, slot, call);
	record->call.number = call->number;
	record->result = call->result;
	record->run_delay_ns = call->run_delay_ns;
	record->stack.number = stack_of(slot, call, RECORD_BLOCKING_SYSCALL);
	record->descriptor = takes_descriptor(call->number) ? (s32)call->argument[0] : -1;
	record->file = file_kind_of(task, record->descriptor);
	record->waker_context = waker_context_of(call);
	record->reserved = 0;
	record->waker_tid = call->waker_tid;
	record->waker_pid = call->waker_pid;
	__builtin_memset(record->waker, 0, TASK_COMM_LEN);
	if (record->waker_tid)
		__builtin_memcpy(record->waker, call->waker, TASK_COMM_LEN);
	submit_record(record, RECORD_BLOCKING_SYSCALL);
}

static __always_inline void count_for_call(struct thread_slot *slot, struct call *call,
					   u64 duration)
{
	struct subject_measures *measures;

	if (slot->muted)
		return;
	measures =
		subject_measures_of(SUBJECT_CALL, call->number, bpf_get_smp_processor_id(), NULL);
	if (measures)
		subject_add(&measures->blocked, duration);
}

/* A function of its own, because calls end in several places and it is long. */
static __noinline void settle(struct task_struct *task, struct thread_storage *storage,
			      struct thread_slot *slot, struct call *call)
{
	struct thread_state *state = &storage->state;
	/* Clocks of two CPUs may disagree by nanoseconds: never let a difference go below 0. */
	u64 duration = call->end_ns > call->start_ns ? call->end_ns - call->start_ns : 0;
	u64 runnable;

	call->end_ns = call->start_ns + duration;
	if (call->start_ns > state->active_since_ns)
		slot->measures.active_ns += call->start_ns - state->active_since_ns;
	state->active_since_ns = call->end_ns;
	/* Neither idle nor busy: on a CPU that others keep, an idle thread must not look busy. */
	runnable = call->run_delay_ns < duration ? call->run_delay_ns : duration;
	slot->measures.blocked_ns += duration - runnable;
	if (is_recorded(call->cpu)) {
		count_for_call(slot, call, duration);
		if (call->kind == CALL_FUTEX)
			settle_futex_wait(task, storage, slot, call, duration);
		else if (call->kind == CALL_SLEEP)
			settle_sleep(task, storage, slot, call, duration);
		else
			settle_other(task, storage, slot, call, duration);
	}
	call->start_ns = 0;
}

#endif
