/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Records of the isolation module on their way. */
#ifndef LATENCYSCOPE_ISOLATION_SEND_H
#define LATENCYSCOPE_ISOLATION_SEND_H

#include "layout.h"
#include "throttle.bpf.h"

/* Whether the shares of a wait are wanted: of all that ran in it, or of nobody. */
static __always_inline bool wants_shares(u64 waited)
{
	/* Not of one that is only among the longest below the threshold. */
	return threshold_ns[RECORD_WAIT_SHARE] != NOT_ENABLED &&
	       (waited >= threshold_ns[RECORD_RUN_QUEUE_WAIT] ||
		waited >= logged_from_ns[RECORD_WAIT_SHARE]);
}

/* Whether there is room for the shares of the wait that was just looked at; takes it. */
static __always_inline bool take_room(struct run_log *log, u64 now)
{
	if (log->shares_paid_until_ns > now)
		return false;
	if (log->shares_paid_until_ns + SHARE_WINDOW_NS < now)
		log->shares_paid_until_ns = now - SHARE_WINDOW_NS;
	log->shares_paid_until_ns += log->found.runs * SHARE_NS;
	return true;
}

static __always_inline void fill_culprit(struct run_queue_wait *record, struct run_log *log)
{
	struct culprit *found = &log->found;
	struct run *run = run_of_age(log, found->newest);

	record->culprit_held_ns = found->held_ns;
	record->accounted_ns = found->seen_ns;
	record->tasks_between = found->tasks;
	if (!found->held_ns)
		return;
	record->culprit_work.address = run->work;
	record->culprit_tid = run->tid;
	record->culprit_pid = run->pid;
	record->culprit_priority = run->priority;
	/* The idle task is nobody's name: an empty one says that the CPU was idle. */
	if (run->tid)
		__builtin_memcpy(record->culprit, run->comm, TASK_COMM_LEN);
}

static __always_inline void send_wait(struct task_struct *task, struct thread_storage *storage,
				      struct thread_slot *slot, struct run_log *log, u32 cpu,
				      u64 now, u64 waited)
{
	struct run_queue_wait *record =
		reserve_record(RECORD_RUN_QUEUE_WAIT, sizeof(struct run_queue_wait));
	u64 since = now - waited;

	if (!record)
		return;
	fill_header(&record->header, RECORD_RUN_QUEUE_WAIT, task, slot, storage->slot);
	record->header.kernel_start_ns = since;
	record->header.kernel_duration_ns = waited;
	record->header.cpu = cpu;
	record->priority = task->prio;
	record->kind = storage->state.wait_kind;
	record->throttled_ns = throttled_of(task, &storage->state, waited);
	record->culprit_work.address = 0;
	record->culprit_held_ns = 0;
	record->accounted_ns = 0;
	record->culprit_tid = 0;
	record->culprit_pid = 0;
	record->culprit_priority = 0;
	record->tasks_between = 0;
	record->shares = 0;
	record->outside = !is_recorded(cpu);
	__builtin_memset(record->culprit, 0, TASK_COMM_LEN);
	if (log) {
		/* While the quota was used up, no other task kept this one waiting. */
		if (record->throttled_ns != THROTTLED_UNKNOWN)
			since += record->throttled_ns;
		if (!is_sole_culprit(log, since, now))
			find_culprits(since, now);
		fill_culprit(record, log);
		if (log->found.parties > 1 && wants_shares(waited) && take_room(log, now)) {
			record->shares = log->found.runs;
			log->share.header = record->header;
			log->share.header.record = RECORD_WAIT_SHARE;
			log->share.waited_ns = waited;
			log->share.kind = record->kind;
			log->share.outside = record->outside;
			send_shares(since, now);
		}
	}
	submit_record(record, RECORD_RUN_QUEUE_WAIT);
}

static __always_inline enum actor waker_context_of(struct thread_state *state, bool woken)
{
	if (!woken)
		return ACTOR_NONE;
	/* Some wakeups are not traced: then nobody is known to have made it. */
	return state->waker_context == ACTOR_NONE ? ACTOR_UNKNOWN : state->waker_context;
}

static __always_inline void send_switch(struct task_struct *task, struct thread_storage *storage,
					struct thread_slot *slot, u32 cpu, u64 off, u64 waited)
{
	struct thread_state *state = &storage->state;
	struct context_switch *record =
		reserve_record(RECORD_CONTEXT_SWITCH, sizeof(struct context_switch));
	bool woken = state->left_in != STATE_RUNNING;

	if (!record)
		return;
	fill_header(&record->header, RECORD_CONTEXT_SWITCH, task, slot, storage->slot);
	record->header.kernel_start_ns = state->off_start_ns;
	record->header.kernel_duration_ns = off;
	record->header.cpu = state->off_cpu;
	record->waited_ns = waited;
	record->next_tid = state->next_tid;
	record->next_pid = state->next_pid;
	record->next_priority = state->next_priority;
	record->return_cpu = cpu;
	record->waker_tid = woken ? state->waker_tid : 0;
	record->waker_context = waker_context_of(state, woken);
	record->state = state->left_in;
	record->voluntary = state->voluntary;
	record->outside = !is_recorded(cpu);
	record->reserved = 0;
	__builtin_memcpy(record->next, state->next, TASK_COMM_LEN);
	__builtin_memset(record->waker, 0, TASK_COMM_LEN);
	if (record->waker_tid)
		__builtin_memcpy(record->waker, state->waker, TASK_COMM_LEN);
	submit_record(record, RECORD_CONTEXT_SWITCH);
}

#endif
