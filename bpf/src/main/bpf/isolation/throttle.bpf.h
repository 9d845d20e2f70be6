/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How long a runnable thread's control group had used up its CPU quota (cpu.max, cpu.cfs_quota_us).
 *
 * No tracepoint tells of throttling. The runqueue of a group keeps the time during which it, or a
 * group above it, was throttled; the difference over a wait is what the quota took of that.
 */
#ifndef LATENCYSCOPE_ISOLATION_THROTTLE_H
#define LATENCYSCOPE_ISOLATION_THROTTLE_H

#include "layout.h"
#include "../runqueue.bpf.h"

/* This kernel does not tell, or the thread was moved to another CPU's queue unseen. */
#define THROTTLED_UNKNOWN ((u64)-1)

static __always_inline bool tells_of_throttling(void)
{
	return bpf_core_field_exists(struct cfs_rq___queue, throttled_clock_self_time);
}

static __always_inline struct cfs_rq___queue *queue_of(struct task_struct *task)
{
	return ((struct task_struct___queue *)task)->se.cfs_rq;
}

/* For how long a queue has been throttled until now, and whether it still is. */
static __always_inline u64 throttled_until_now(struct cfs_rq___queue *queue, bool *is)
{
	u64 throttled = BPF_CORE_READ(queue, throttled_clock_self_time);
	u64 since = BPF_CORE_READ(queue, throttled_clock_self);
	u64 clock;

	*is = since != 0;
	if (!since)
		return throttled;
	clock = BPF_CORE_READ(queue, rq, clock);
	return clock > since ? throttled + clock - since : throttled;
}

/* From here on the wait is in this queue, or in one that is not known, which is null. */
static __always_inline void throttle_counts_in(struct cfs_rq___queue *queue,
					       struct thread_state *state)
{
	bool is = false;

	state->throttle_queue = (u64)queue;
	state->throttle_base_ns = queue ? throttled_until_now(queue, &is) : 0;
	state->throttle_seen |= is;
}

/* The wait begins now. */
static __always_inline void throttle_begins(struct task_struct *task, struct thread_state *state)
{
	state->throttled_ns = 0;
	state->throttle_seen = 0;
	if (tells_of_throttling())
		throttle_counts_in(queue_of(task), state);
}

/*
 * While it waits, the thread is moved to the queue of another CPU: a thread whose group has its
 * quota back often gets its CPU elsewhere. Called before it leaves the old queue.
 */
static __always_inline void throttle_moves(struct task_struct *task, struct thread_state *state,
					   u32 to)
{
	struct cfs_rq___queue *queue, *next = NULL;
	struct cfs_rq___queue **queues;
	u64 throttled;
	bool is;

	if (!tells_of_throttling() || state->wait_kind == WAIT_NONE)
		return;
	queue = queue_of(task);
	if (!queue || (u64)queue != state->throttle_queue)
		return;
	throttled = throttled_until_now(queue, &is);
	if (throttled > state->throttle_base_ns)
		state->throttled_ns += throttled - state->throttle_base_ns;
	queues = BPF_CORE_READ(queue, tg, cfs_rq);
	bpf_probe_read_kernel(&next, sizeof(next), &queues[to]);
	/* Where a kernel keeps them in another way, what was read is no queue of this group. */
	if (next && BPF_CORE_READ(next, tg) != BPF_CORE_READ(queue, tg))
		next = NULL;
	throttle_counts_in(next, state);
}

/* The wait is over: how much of it the quota took. */
static __always_inline u64 throttled_of(struct task_struct *task, struct thread_state *state,
					u64 waited)
{
	struct cfs_rq___queue *queue;
	u64 throttled = state->throttled_ns;
	u64 now;

	if (!tells_of_throttling())
		return THROTTLED_UNKNOWN;
	queue = queue_of(task);
	if (!queue)
		return 0;
	if ((u64)queue != state->throttle_queue)
		return state->throttle_seen ? THROTTLED_UNKNOWN : throttled;
	now = BPF_CORE_READ(queue, throttled_clock_self_time);
	if (now > state->throttle_base_ns)
		throttled += now - state->throttle_base_ns;
	/* Of the runqueue's clock, which may be a little ahead of the wait's. */
	return throttled < waited ? throttled : waited;
}

#endif
