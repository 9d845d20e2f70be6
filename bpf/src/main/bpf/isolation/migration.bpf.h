/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Why a thread was moved. */
#ifndef LATENCYSCOPE_ISOLATION_MIGRATION_H
#define LATENCYSCOPE_ISOLATION_MIGRATION_H

#include "layout.h"
#include "send.bpf.h"

static __always_inline enum migration_cause cause_of(struct task_struct *task,
						     struct thread_state *state, u32 from)
{
	bool numa = state->numa_move;

	state->numa_move = 0;
	if (numa)
		return CAUSE_NUMA;
	/* Its mask was changed: it must leave, at once or, if it sleeps, when it wakes. */
	if (!is_allowed_on(task, from))
		return CAUSE_AFFINITY;
	if (task_state_of(task) == TASK_WAKING)
		return CAUSE_WAKE;
	if (bpf_core_field_exists(task->in_execve) &&
	    BPF_CORE_READ_BITFIELD_PROBED(task, in_execve))
		return CAUSE_EXEC;
	return CAUSE_BALANCE;
}

static __always_inline void count_migration(struct thread_measures *measures,
					    enum migration_cause cause, bool imposed, u32 from)
{
	switch (cause) {
	case CAUSE_WAKE:
		measures->migrations_wake++;
		break;
	case CAUSE_BALANCE:
		measures->migrations_balance++;
		break;
	case CAUSE_AFFINITY:
		measures->migrations_affinity++;
		break;
	case CAUSE_NUMA:
		measures->migrations_numa++;
		break;
	case CAUSE_EXEC:
		measures->migrations_exec++;
		break;
	}
	if (imposed && is_monitored(from))
		measures->involuntary_migrations_monitored++;
}

#endif
