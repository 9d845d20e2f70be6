// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * sync: how long did a thread of the target wait for a file to be on its disk.
 *
 * The example of docs/adding-a-module.md: an event with a begin and an end on one thread. It is no
 * part of the product.
 */
#include "kernel.h"

enum record {
	RECORD_FILE_SYNC,
};

#include "histogram.bpf.h"
#include "record.bpf.h"
#include "syscall/abi.h"

enum sync_scope {
	SCOPE_FILE, /* data and all attributes */
	SCOPE_DATA, /* data, and only the attributes that are needed to read it */
};

struct file_sync {
	struct record_header header;
	u64 descriptor;
	enum sync_scope scope;
	u32 reserved;
};

const struct file_sync *__record_file_sync __attribute__((unused));

struct thread_state {
	u64 start_ns;
	u64 descriptor;
	u32 number;
	u32 reserved;
};

struct thread_measures {
	struct histogram file_sync;
	u64 syncs;
};

#include "threads.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define SYS_FSYNC     CALL_NUMBER(74, 82)
#define SYS_FDATASYNC CALL_NUMBER(75, 83)

static __always_inline void first_seen(struct task_struct *task, struct thread_state *state)
{
	state->start_ns = 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(ls_sync_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (number != SYS_FSYNC && number != SYS_FDATASYNC)
		return 0;
	if (!is_target(task) || calls_as_32_bit(task))
		return 0;
	storage = thread_of(task, &slot, first_seen);
	if (!storage)
		return 0;
	storage->state.number = number;
	storage->state.descriptor = first_argument(regs);
	storage->state.start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline void send(struct task_struct *task, struct thread_storage *storage,
				 struct thread_slot *slot, u64 duration, u32 cpu)
{
	struct file_sync *record;

	if (slot->muted || !is_wanted(RECORD_FILE_SYNC, duration))
		return;
	record = reserve_record(RECORD_FILE_SYNC, sizeof(*record));
	if (!record)
		return;
	fill_header(&record->header, RECORD_FILE_SYNC, task, slot, storage->slot);
	record->header.kernel_start_ns = storage->state.start_ns;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->descriptor = storage->state.descriptor;
	record->scope = storage->state.number == SYS_FSYNC ? SCOPE_FILE : SCOPE_DATA;
	record->reserved = 0;
	submit_record(record, RECORD_FILE_SYNC);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(ls_sync_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = current_task();
	u32 cpu = bpf_get_smp_processor_id();
	struct thread_storage *storage;
	struct thread_slot *slot;
	u64 duration;

	if (!is_target(task))
		return 0;
	storage = stored_state(task);
	if (!storage || !storage->state.start_ns)
		return 0;
	slot = slot_at(storage->slot);
	if (slot && is_recorded(cpu)) {
		duration = bpf_ktime_get_ns() - storage->state.start_ns;
		slot->measures.syncs++;
		histogram_add(&slot->measures.file_sync, duration);
		send(task, storage, slot, duration, cpu);
	}
	storage->state.start_ns = 0;
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ls_sched_process_exit, struct task_struct *task)
{
	struct thread_slot *slot;

	if (ending_thread(task, &slot))
		thread_ended(task, slot);
	return 0;
}
