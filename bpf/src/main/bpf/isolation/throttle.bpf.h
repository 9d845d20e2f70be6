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

/* This kernel does not tell, or the thread was moved to another CPU's queue meanwhile. */
#define THROTTLED_UNKNOWN ((u64)-1)

/* The wait begins now. */
static __always_inline void throttle_begins(struct task_struct *task, struct thread_state *state)
{
	struct cfs_rq___queue *queue;
	u64 since, clock;

	state->throttle_queue = 0;
	state->throttled_ns = 0;
	state->throttled_first = 0;
	if (!bpf_core_field_exists(struct cfs_rq___queue, throttled_clock_self_time))
		return;
	queue = ((struct task_struct___queue *)task)->se.cfs_rq;
	if (!queue)
		return;
	state->throttle_queue = (u64)queue;
	state->throttled_ns = queue->throttled_clock_self_time;
	since = queue->throttled_clock_self;
	if (!since)
		return;
	clock = queue->rq->clock;
	state->throttled_first = 1;
	if (clock > since)
		state->throttled_ns += clock - since;
}

/* The wait is over: how much of it the quota took. */
static __always_inline u64 throttled_of(struct task_struct *task, struct thread_state *state,
					u64 waited)
{
	struct cfs_rq___queue *queue;
	u64 now;

	if (!bpf_core_field_exists(struct cfs_rq___queue, throttled_clock_self_time))
		return THROTTLED_UNKNOWN;
	queue = ((struct task_struct___queue *)task)->se.cfs_rq;
	if (!queue)
		return 0;
	if ((u64)queue != state->throttle_queue)
		return state->throttled_first ? THROTTLED_UNKNOWN : 0;
	now = queue->throttled_clock_self_time;
	if (now <= state->throttled_ns)
		return 0;
	now -= state->throttled_ns;
	/* Of the runqueue's clock, which may be a little ahead of the wait's. */
	return now < waited ? now : waited;
}

#endif
