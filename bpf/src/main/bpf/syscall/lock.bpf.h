/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Waits for locks of the kernel itself, asleep or spinning: lock:contention_begin and _end, since
 * 5.19 (16edd9b511a1, ee042be16cb4).
 */
#ifndef LATENCYSCOPE_SYSCALL_LOCK_H
#define LATENCYSCOPE_SYSCALL_LOCK_H

#include "layout.h"

/* include/trace/events/lock.h */
#define LCB_F_SPIN   (1U << 0)
#define LCB_F_READ   (1U << 1)
#define LCB_F_WRITE  (1U << 2)
#define LCB_F_RT     (1U << 3)
#define LCB_F_PERCPU (1U << 4)
#define LCB_F_MUTEX  (1U << 5)

/* kernel/locking/mutex.h, rwsem.c: the low bits of an owner are flags. */
#define OWNER_FLAGS	   7ULL
#define RWSEM_READER_OWNED 1ULL

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* With PREEMPT_RT they have other members. */
struct mutex___owner {
	struct atomic_long owner;
};

struct rw_semaphore___owner {
	struct atomic_long owner;
};

#pragma clang attribute pop

static __always_inline bool may_sleep(u32 flags)
{
	return flags & LCB_F_MUTEX || !(flags & LCB_F_SPIN);
}

static __always_inline enum lock_kind lock_kind_of(u32 flags)
{
	if (flags & LCB_F_MUTEX)
		return LOCK_MUTEX;
	if (flags & LCB_F_PERCPU)
		return LOCK_PERCPU_RWSEM;
	if (flags & LCB_F_RT)
		return LOCK_RT_MUTEX;
	if (flags & LCB_F_SPIN)
		return flags & LCB_F_READ    ? LOCK_RWLOCK_READ
		       : flags & LCB_F_WRITE ? LOCK_RWLOCK_WRITE
					     : LOCK_SPINLOCK;
	return flags & LCB_F_READ    ? LOCK_RWSEM_READ
	       : flags & LCB_F_WRITE ? LOCK_RWSEM_WRITE
				     : LOCK_OTHER;
}

/* Whether it is the lock of the memory map of the thread's own process. */
static __always_inline bool is_own_mmap_lock(struct task_struct *task, u64 lock)
{
	u64 mm = (u64)task_read(task, mm);

	return mm && lock == mm + bpf_core_field_offset(struct mm_struct, mmap_lock);
}

/* The task that has it, or 0: of readers the kernel only notes the last, which may be gone. */
static __always_inline u64 owner_of(enum lock_kind kind, u64 lock)
{
	u64 owner = 0;

	if (kind == LOCK_MUTEX) {
		if (bpf_core_field_exists(struct mutex___owner, owner))
			owner = BPF_CORE_READ((struct mutex___owner *)lock, owner.counter);
	} else if (kind == LOCK_RWSEM_READ || kind == LOCK_RWSEM_WRITE) {
		if (bpf_core_field_exists(struct rw_semaphore___owner, owner))
			owner = BPF_CORE_READ((struct rw_semaphore___owner *)lock, owner.counter);
		if (owner & RWSEM_READER_OWNED)
			return 0;
	}
	return owner & ~OWNER_FLAGS;
}

static __always_inline void note_holder(struct lock_wait *wait, struct task_struct *task)
{
	struct task_struct *holder = (struct task_struct *)owner_of(wait->kind, wait->lock);

	wait->holder_tid = 0;
	if (!holder || holder == task)
		return;
	wait->holder_tid = BPF_CORE_READ(holder, pid);
	wait->holder_pid = BPF_CORE_READ(holder, tgid);
	bpf_probe_read_kernel(wait->holder, TASK_COMM_LEN, holder->comm);
}

/* Who wakes a thread that sleeps for a lock has just given it up. */
static __always_inline void note_releaser(struct lock_wait *wait, struct task_struct *waker)
{
	if (!wait->start_ns || wait->holder_tid)
		return;
	wait->holder_tid = task_read(waker, pid);
	wait->holder_pid = task_read(waker, tgid);
	copy_comm(wait->holder, waker);
}

/*
 * Who waits for a mutex begins to spin and to sleep in turns, with one end of all
 * (__mutex_lock_common).
 */
static __always_inline bool goes_on(struct lock_wait *wait, u64 lock, u32 flags)
{
	return wait->start_ns && wait->lock == lock && wait->kind == LOCK_MUTEX &&
	       flags & LCB_F_MUTEX;
}

static __always_inline void lock_wait_begins(struct task_struct *task, struct thread_state *state,
					     u64 lock, u32 flags)
{
	struct lock_wait *wait = &state->locks[0];

	if (goes_on(wait, lock, flags))
		return;
	/* While it queues for a mutex it may spin for the lock of the queue. */
	if (wait->start_ns && wait->lock != lock)
		wait = &state->locks[1];
	wait->lock = lock;
	wait->kind = lock_kind_of(flags);
	wait->start_ns = bpf_ktime_get_ns();
	note_holder(wait, task);
}

static __always_inline void send_lock_wait(struct task_struct *task, struct thread_storage *storage,
					   struct thread_slot *slot, struct lock_wait *wait,
					   u32 cpu, u64 duration)
{
	struct kernel_lock_wait *record = reserve_record(RECORD_KERNEL_LOCK_WAIT, sizeof(*record));
	bool kept = duration >= threshold_ns[RECORD_KERNEL_LOCK_WAIT];

	if (!record)
		return;
	fill_header(&record->header, RECORD_KERNEL_LOCK_WAIT, task, slot, storage->slot);
	record->header.kernel_start_ns = wait->start_ns;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->stack.number = kept ? take_stack(slot) : 0;
	record->lock = wait->kind;
	record->mmap_lock = is_own_mmap_lock(task, wait->lock);
	record->holder_tid = wait->holder_tid;
	record->holder_pid = wait->holder_tid ? wait->holder_pid : 0;
	__builtin_memset(record->holder, 0, TASK_COMM_LEN);
	if (wait->holder_tid)
		__builtin_memcpy(record->holder, wait->holder, TASK_COMM_LEN);
	submit_record(record, RECORD_KERNEL_LOCK_WAIT);
}

static __always_inline void lock_wait_ends(struct task_struct *task, struct thread_storage *storage,
					   struct thread_slot *slot, u64 lock)
{
	struct lock_wait *wait = &storage->state.locks[0];
	u32 cpu = bpf_get_smp_processor_id();
	u64 now, duration;

	if (!wait->start_ns || wait->lock != lock)
		wait = &storage->state.locks[1];
	if (!wait->start_ns || wait->lock != lock)
		return;
	now = bpf_ktime_get_ns();
	duration = now > wait->start_ns ? now - wait->start_ns : 0;
	if (is_recorded(cpu)) {
		histogram_add(&slot->measures.kernel_lock, duration);
		if (!slot->muted && is_wanted(RECORD_KERNEL_LOCK_WAIT, duration))
			send_lock_wait(task, storage, slot, wait, cpu, duration);
	}
	wait->start_ns = 0;
}

#endif
