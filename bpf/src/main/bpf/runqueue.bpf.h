/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The scheduler's queues, of which a kernel's configuration may leave out parts. */
#ifndef LATENCYSCOPE_RUNQUEUE_BPF_H
#define LATENCYSCOPE_RUNQUEUE_BPF_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct rq___queue {
	u64 clock;
};

struct task_group___queue;

/* The queue of a group on one CPU. */
struct cfs_rq___queue {
	/* With CONFIG_FAIR_GROUP_SCHED, as distributions have it. */
	struct rq___queue *rq;
	struct task_group___queue *tg;
	/* With CONFIG_CFS_BANDWIDTH; these since 6.6 (677ea015f231). */
	u64 throttled_clock_self; /* since when; 0 if not now */
	u64 throttled_clock_self_time;
};

struct task_group___queue {
	struct cfs_rq___queue **cfs_rq; /* one for each CPU */
};

struct sched_entity___queue {
	struct cfs_rq___queue *cfs_rq;
};

struct task_struct___queue {
	struct sched_entity___queue se;
};

#pragma clang attribute pop

#endif
