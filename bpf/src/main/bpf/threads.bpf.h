/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Per-thread state and per-thread measures, for every module alike.
 *
 * A module includes histogram.bpf.h and defines, before it includes this file (and enum record, see
 * record.bpf.h),
 *   struct thread_state     what it must remember of a thread between two events, and
 *   struct thread_measures  what it counts: u64 members are counters, struct histogram members are
 *                           distributions; user space reports each under its member's name.
 *
 * State lives with the task. Measures live in an array that user space maps and reads while the
 * programs run, so they survive the thread. A thread gets a slot of that array when it is first
 * seen; user space empties the slots of ended threads and gives them back.
 *
 * One thread is only ever on one CPU, so no two programs write the same measures at once.
 */
#ifndef LATENCYSCOPE_THREADS_BPF_H
#define LATENCYSCOPE_THREADS_BPF_H

#include "kernel.h"
#include "histogram.bpf.h"
#include "record.bpf.h"
#include "target.bpf.h"

#define SLOT_FREE  0
#define SLOT_LIVE  1
#define SLOT_ENDED 2

struct thread_slot {
	u32 state;
	u32 os_thread_id;
	u32 muted;		 /* set by user space: send no records */
	u32 namespace_thread_id; /* as the thread itself sees it */
	u64 java_thread;	 /* set by user space: address of HotSpot's JavaThread, or 0 */
	char thread[TASK_COMM_LEN];
	struct thread_measures measures;
};

const struct thread_slot *__slot_layout __attribute__((unused));

struct thread_storage {
	u32 slot;
	struct thread_state state;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread_storage);
} ls_task_storage SEC(".maps");

/*
 * Instead of task storage, which is safe where the scheduler is traced since Linux 6.4
 * (08a7ce384e33).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_storage);
} ls_task_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_slot);
} ls_slots SEC(".maps");

/* Numbers of free slots. Slot 0 is never given out: 0 means none. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(key_size, 0);
	__uint(value_size, sizeof(u32));
} ls_free_slots SEC(".maps");

const volatile bool has_task_storage = true;

/* Events of threads for which there was no slot; nothing of them was recorded. */
u64 events_without_slot SEC(".bss");
/*
 * Events of threads that have no state yet and could not get it at that moment: the kernel does not
 * make one while the same CPU is in the middle of another's. The thread's next event gets it.
 */
u64 events_without_state SEC(".bss");
/* When all programs of the module were attached; user space says so, 0 until then. */
volatile u64 watched_since_ns SEC(".bss");
/* How often a slot was given out: those with higher numbers have not been yet. */
u64 slots_claimed SEC(".bss");
/* How often a thread ended: tells user space that there are slots to empty. */
u64 threads_ended SEC(".bss");

static __always_inline struct thread_storage *stored_state(struct task_struct *task)
{
	if (has_task_storage)
		return bpf_task_storage_get(&ls_task_storage, task, NULL, 0);
	u32 key = task_read(task, pid);

	return bpf_map_lookup_elem(&ls_task_hash, &key);
}

/* Not on the stack, of which it would take most in each program, also in those that never use it.
 */
const struct thread_storage nothing_stored = {};

static __always_inline struct thread_storage *new_state(struct task_struct *task)
{
	if (has_task_storage)
		return bpf_task_storage_get(&ls_task_storage, task, NULL,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
	u32 key = task_read(task, pid);

	bpf_map_update_elem(&ls_task_hash, &key, &nothing_stored, BPF_NOEXIST);
	return bpf_map_lookup_elem(&ls_task_hash, &key);
}

static __always_inline struct thread_slot *slot_at(u32 index)
{
	return index ? bpf_map_lookup_elem(&ls_slots, &index) : NULL;
}

static __always_inline struct thread_slot *claim_slot(struct task_struct *task, u32 *index)
{
	struct thread_slot *slot;

	if (bpf_map_pop_elem(&ls_free_slots, index))
		return NULL;
	slot = slot_at(*index);
	if (!slot)
		return NULL;
	__sync_fetch_and_add(&slots_claimed, 1);
	slot->os_thread_id = thread_id_of(task);
	slot->namespace_thread_id = namespace_thread_id_of(task);
	slot->muted = 0;
	slot->java_thread = 0;
	slot->state = SLOT_LIVE;
	/* Its name has to be taken while it lives; and the slots of the ended may run out. */
	wake_reader();
	return slot;
}

/* State and slot of a target's thread, whose storage, if it has any, was looked up already. */
static __always_inline struct thread_storage *
thread_with(struct thread_storage *storage, struct task_struct *task, struct thread_slot **slot,
	    void (*first_sight)(struct task_struct *, struct thread_state *))
{
	if (!storage || !storage->slot) {
		if (!storage)
			storage = new_state(task);
		if (!storage) {
			__sync_fetch_and_add(&events_without_state, 1);
			return NULL;
		}
		if (!claim_slot(task, &storage->slot)) {
			__sync_fetch_and_add(&events_without_slot, 1);
			return NULL;
		}
		first_sight(task, &storage->state);
	}
	*slot = slot_at(storage->slot);
	return *slot ? storage : NULL;
}

/* State and slot of a target's thread; first_sight is called once, before its first event. */
static __always_inline struct thread_storage *
thread_of(struct task_struct *task, struct thread_slot **slot,
	  void (*first_sight)(struct task_struct *, struct thread_state *))
{
	return thread_with(stored_state(task), task, slot, first_sight);
}

/* State and slot of a target's thread that is about to end; NULL if nothing was seen of it. */
static __always_inline struct thread_storage *ending_thread(struct task_struct *task,
							    struct thread_slot **slot)
{
	struct thread_storage *storage = is_target(task) ? stored_state(task) : NULL;

	*slot = storage ? slot_at(storage->slot) : NULL;
	return *slot ? storage : NULL;
}

/*
 * The thread will not run again: its last name is kept, and user space may empty its slot and give
 * it to another.
 */
static __always_inline void thread_ended(struct task_struct *task, struct thread_slot *slot)
{
	copy_comm(slot->thread, task);
	slot->state = SLOT_ENDED;
	__sync_fetch_and_add(&threads_ended, 1);
	if (has_task_storage) {
		bpf_task_storage_delete(&ls_task_storage, task);
	} else {
		u32 key = task_read(task, pid);

		bpf_map_delete_elem(&ls_task_hash, &key);
	}
}

/* What every record begins with, but for its time and its CPU. */
static __always_inline void fill_header(struct record_header *header, u32 record,
					struct task_struct *task, struct thread_slot *slot,
					u32 slot_index)
{
	header->record = record;
	header->os_thread_id = slot->os_thread_id;
	header->slot = slot_index;
	copy_comm(header->thread, task);
}

#endif
