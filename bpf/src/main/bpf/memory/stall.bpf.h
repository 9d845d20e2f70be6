/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the kernel does for its own memory's sake in a thread that only wanted a page. */
#ifndef LATENCYSCOPE_MEMORY_STALL_H
#define LATENCYSCOPE_MEMORY_STALL_H

#include "layout.h"

static __always_inline int stall_begins(enum stall_kind kind)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (storage)
		storage->state.stall_start_ns[kind] = bpf_ktime_get_ns();
	return 0;
}

static __always_inline struct histogram *stalls_of(struct thread_measures *measures,
						   enum stall_kind kind)
{
	if (kind == STALL_RECLAIM)
		return &measures->stall_reclaim;
	return kind == STALL_COMPACTION ? &measures->stall_compaction
					: &measures->stall_cgroup_reclaim;
}

static __always_inline int stall_ends(enum stall_kind kind, u64 pages)
{
	struct task_struct *task = current_task();
	u32 cpu = bpf_get_smp_processor_id();
	struct thread_storage *storage;
	struct memory_stall *record;
	struct thread_slot *slot;
	u64 start, duration;
	u64 now;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (!storage)
		return 0;
	start = storage->state.stall_start_ns[kind];
	storage->state.stall_start_ns[kind] = 0;
	if (!start || !is_recorded(cpu))
		return 0;
	now = bpf_ktime_get_ns();
	duration = now > start ? now - start : 0;
	histogram_add(stalls_of(&slot->measures, kind), duration);
	if (slot->muted || !is_wanted(RECORD_MEMORY_STALL, duration))
		return 0;
	record = reserve_record(RECORD_MEMORY_STALL, sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_MEMORY_STALL, task, slot, storage->slot);
	record->header.kernel_start_ns = start;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->pages = pages;
	record->kind = kind;
	record->reserved = 0;
	submit_record(record, RECORD_MEMORY_STALL);
	return 0;
}

#endif
