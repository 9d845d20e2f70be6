/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Records of the isolation module on their way. */
#ifndef LATENCYSCOPE_ISOLATION_SEND_H
#define LATENCYSCOPE_ISOLATION_SEND_H

#include "layout.h"
#include "throttle.bpf.h"

static __always_inline void send_wait(struct task_struct *task, struct thread_storage *storage,
				      struct thread_slot *slot, struct run_log *log, u32 cpu,
				      u64 now, u64 waited)
{
	struct run_queue_wait *record =
		reserve_record(RECORD_RUN_QUEUE_WAIT, sizeof(struct run_queue_wait));
	struct culprit *culprit;

	if (!record)
		return;
	fill_header(&record->header, RECORD_RUN_QUEUE_WAIT, task, slot, storage->slot);
	record->header.kernel_start_ns = now - waited;
	record->header.kernel_duration_ns = waited;
	record->header.cpu = cpu;
	record->priority = task->prio;
	record->kind = storage->state.wait_kind;
	record->throttled_ns = throttled_of(task, &storage->state, waited);
	/* The idle task is nobody's name: an empty one says that the CPU was idle. */
	__builtin_memset(record->culprit, 0, TASK_COMM_LEN);
	if (log) {
		find_culprit(now - waited, now);
		culprit = &log->found;
		record->culprit_work.address = culprit->work;
		record->culprit_held_ns = culprit->held_ns;
		record->accounted_ns = culprit->seen_ns;
		record->culprit_tid = culprit->tid;
		record->culprit_pid = culprit->pid;
		record->culprit_priority = culprit->priority;
		record->tasks_between = culprit->tasks;
		if (culprit->tid)
			__builtin_memcpy(record->culprit, culprit->comm, TASK_COMM_LEN);
	} else {
		record->culprit_work.address = 0;
		record->culprit_held_ns = 0;
		record->accounted_ns = 0;
		record->culprit_tid = 0;
		record->culprit_pid = 0;
		record->culprit_priority = 0;
		record->tasks_between = 0;
	}
	submit_record(record);
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
	record->state = state->left_in;
	record->voluntary = state->voluntary;
	record->reserved = 0;
	__builtin_memcpy(record->next, state->next, TASK_COMM_LEN);
	__builtin_memset(record->waker, 0, TASK_COMM_LEN);
	if (record->waker_tid)
		__builtin_memcpy(record->waker, state->waker, TASK_COMM_LEN);
	submit_record(record);
}

#endif
