/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Page faults: from the exception to the kernel's verdict on it. */
#ifndef LATENCYSCOPE_MEMORY_FAULT_H
#define LATENCYSCOPE_MEMORY_FAULT_H

#include "layout.h"
#include "region.bpf.h"

/* arch/x86/include/asm/trap_pf.h */
#define ERROR_WRITE   0x02
#define ERROR_EXECUTE 0x10

static __always_inline u64 accounted_faults(struct task_struct *task)
{
	return task_read(task, min_flt) + task_read(task, maj_flt);
}

/*
 * Many a fault never ends: HotSpot polls for safepoints and checks for null by faults that become
 * signals, and the kernel looks at user memory that may not be there. So this only notes what a
 * verdict may follow.
 */
static __always_inline int fault_begins(u64 address, u64 error_code, enum fault_mode mode)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;
	struct open_fault *open;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (!storage)
		return 0;
	storage->state.newest ^= 1;
	open = &storage->state.open[storage->state.newest & 1];
	open->address = address;
	open->accounted = accounted_faults(task);
	open->error_code = error_code;
	open->mode = mode;
	open->start_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * The exception that a verdict is about: of the same address, and no other verdict has been given
 * since, so that one without an end is never taken for it.
 */
static __always_inline struct open_fault *begin_of(struct task_struct *task,
						   struct thread_state *state, u64 address)
{
	struct open_fault *newer = &state->open[state->newest & 1];
	struct open_fault *older = &state->open[(state->newest + 1) & 1];
	u64 before = accounted_faults(task) - 1;

	if (newer->start_ns && newer->address == address && newer->accounted == before)
		return newer;
	if (older->start_ns && older->address == address && older->accounted == before)
		return older;
	return NULL;
}

static __always_inline enum fault_access access_of(u32 error_code)
{
	if (error_code & ERROR_EXECUTE)
		return ACCESS_EXECUTE;
	return error_code & ERROR_WRITE ? ACCESS_WRITE : ACCESS_READ;
}

static __always_inline struct histogram *histogram_of(struct thread_measures *measures,
						      enum memory_region region)
{
	switch (region) {
	case REGION_JAVA_HEAP:
		return &measures->fault_java_heap;
	case REGION_CODE_CACHE:
		return &measures->fault_code_cache;
	case REGION_METASPACE:
		return &measures->fault_metaspace;
	case REGION_THREAD_STACK:
		return &measures->fault_thread_stack;
	case REGION_MAPPED_FILE:
		return &measures->fault_mapped_file;
	case REGION_ANONYMOUS:
		return &measures->fault_anonymous;
	default:
		return &measures->fault_unknown;
	}
}

/* Adds what the kernel has counted since we last looked. */
static __always_inline void count_faults(struct task_struct *task, struct thread_state *state,
					 struct thread_measures *measures, u32 cpu, u64 traced)
{
	u64 minor = task_read(task, min_flt) - state->min_flt;
	u64 major = task_read(task, maj_flt) - state->maj_flt;

	remember_faults(task, state);
	if (!is_recorded(cpu))
		return;
	measures->minor_faults += minor;
	measures->major_faults += major;
	if (minor + major > traced)
		measures->faults_untraced += minor + major - traced;
	if (is_monitored(cpu)) {
		measures->minor_faults_monitored += minor;
		measures->major_faults_monitored += major;
	}
}

static __always_inline void send_fault(struct task_struct *task, struct thread_storage *storage,
				       struct thread_slot *slot, struct place *place,
				       struct open_fault *begin, u32 cpu, u64 start, u64 duration,
				       enum fault_kind kind, bool kept)
{
	struct page_fault *record = reserve_record(RECORD_PAGE_FAULT, sizeof(*record));

	if (!record)
		return;
	fill_header(&record->header, RECORD_PAGE_FAULT, task, slot, storage->slot);
	record->header.kernel_start_ns = start;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->address = place->address;
	record->file = place->file;
	record->file_offset = place->file_offset;
	record->stack.number = kept ? take_stack(slot) : 0;
	record->kind = kind;
	record->mode = begin ? begin->mode : MODE_UNKNOWN;
	record->access = begin ? access_of(begin->error_code) : ACCESS_UNKNOWN;
	record->region = place->region;
	submit_record(record, RECORD_PAGE_FAULT);
}

/* The thread was not known when this fault began, which the kernel has counted by now. */
static __always_inline void remember_before_minor(struct task_struct *task,
						  struct thread_state *state)
{
	remember_faults(task, state);
	state->min_flt--;
}

static __always_inline void remember_before_major(struct task_struct *task,
						  struct thread_state *state)
{
	remember_faults(task, state);
	state->maj_flt--;
}

/*
 * What is kept is counted as what it is kept as. The search takes 10 us: user space does it
 * for what is only logged, when it reads that.
 */
static __always_inline void find_place(struct task_struct *task, struct place *place, bool matters)
{
	enum memory_region told = place->region;

	if (!matters && told != REGION_UNKNOWN && !ranges_are_stale)
		return;
	complete_place(task, place);
	if (told != REGION_UNKNOWN && place->region != told)
		ranges_are_stale = 1;
}

static __always_inline int fault_ends(struct bpf_perf_event_data *ctx, enum fault_kind kind,
				      bool can_find_mapping)
{
	struct task_struct *task = current_task();
	u32 cpu = bpf_get_smp_processor_id();
	u64 now = bpf_ktime_get_ns();
	struct thread_storage *storage;
	struct open_fault *begin;
	struct thread_slot *slot;
	struct place place = {};
	u64 duration = 0;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot,
			    kind == KIND_MAJOR ? remember_before_major : remember_before_minor);
	if (!storage)
		return 0;
	place.address = ctx->addr;
	begin = begin_of(task, &storage->state, place.address);
	/* A thread may have been moved meanwhile to a CPU whose clock is behind by nanoseconds. */
	if (begin && now > begin->start_ns)
		duration = now - begin->start_ns;
	count_faults(task, &storage->state, &slot->measures, cpu, 1);
	if (is_recorded(cpu)) {
		bool sent = !slot->muted && is_wanted(RECORD_PAGE_FAULT, duration);
		bool kept = sent && duration >= threshold_ns[RECORD_PAGE_FAULT];

		place.region = known_region(place.address);
		if (can_find_mapping)
			find_place(task, &place, kept || kind == KIND_MAJOR);
		if (begin) {
			histogram_add(histogram_of(&slot->measures, place.region), duration);
			if (kind == KIND_MAJOR)
				histogram_add(&slot->measures.major_fault, duration);
		} else {
			slot->measures.faults_untimed++;
		}
		if (sent)
			send_fault(task, storage, slot, &place, begin, cpu, now - duration,
				   duration, kind, kept);
	}
	storage->state.open[0].start_ns = 0;
	storage->state.open[1].start_ns = 0;
	return 0;
}

#endif
