/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * TLB flushes, and who had whom interrupted for one. A sender waits until all have answered, so its
 * CPU's entry in the table of senders is still its own when the interrupt is served.
 */
#ifndef LATENCYSCOPE_MEMORY_TLB_H
#define LATENCYSCOPE_MEMORY_TLB_H

#include "layout.h"
#include "region.bpf.h"

/* arch/x86, include/linux/mm_types.h: enum tlb_flush_reason. */
enum flush_reason {
	FLUSH_TASK_SWITCH,
	FLUSH_REMOTE_SHOOTDOWN,
	FLUSH_LOCAL_SHOOTDOWN,
	FLUSH_LOCAL_MM_SHOOTDOWN,
	FLUSH_REMOTE_SEND_IPI,
	FLUSH_REMOTE_WRONG_CPU,
};

struct sender {
	u32 tid;
	u32 pid;
	char comm[TASK_COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_CPUS);
	__type(key, u32);
	__type(value, struct sender);
} ls_senders SEC(".maps");

/* Set by user space where the kernel traces what its inter-processor interrupts call. */
const volatile bool has_hook_csd_function_entry;

extern const void flush_tlb_func __ksym __weak;

/* What that function is called with: arch/x86/include/asm/tlbflush.h, so x86 alone has it. */
const volatile s64 member_offset_flush_tlb_info__start = NO_MEMBER;
const volatile s64 member_offset_flush_tlb_info__end = NO_MEMBER;
const volatile s64 member_offset_flush_tlb_info__initiating_cpu =
	NO_MEMBER; /* since 5.13 (4c1ba3923e6c) */

/* Whether each interrupt is seen, and not only those that found something to flush. */
static __always_inline bool sees_interrupts(void)
{
	return has_hook_csd_function_entry && &flush_tlb_func;
}

static __always_inline bool is_shootdown(struct __call_single_data *csd)
{
	/* There is none where a CPU calls the function for itself. */
	return csd && &flush_tlb_func && csd->func == &flush_tlb_func;
}

static __always_inline void count_on_cpu(u32 cpu)
{
	struct subject_measures *measures;

	if (!is_recorded(cpu))
		return;
	measures = subject_measures_of(SUBJECT_CPU, cpu, cpu, NULL);
	if (measures)
		subject_count(&measures->shootdowns_received, 1);
}

static __always_inline void count_received(struct thread_measures *measures, u32 cpu)
{
	measures->shootdowns_received++;
	if (is_monitored(cpu))
		measures->shootdowns_received_monitored++;
}

/* Reads a member of a structure that user space has found; false if this kernel has none. */
static __always_inline bool read_member(void *to, u32 size, const void *structure, s64 offset)
{
	return structure && offset >= 0 &&
	       !bpf_probe_read_kernel(to, size, (void *)((u64)structure + offset));
}

static __always_inline u64 pages_of(const void *flush_tlb_info)
{
	u64 begin, end;

	if (!read_member(&begin, sizeof(begin), flush_tlb_info,
			 member_offset_flush_tlb_info__start) ||
	    !read_member(&end, sizeof(end), flush_tlb_info, member_offset_flush_tlb_info__end))
		return 0;
	return end == ~0UL || end < begin ? 0 : (end - begin) >> PAGE_SHIFT;
}

/* Nobody is known to have sent it if there is no description of the flush. */
static __always_inline void send_shootdown(struct task_struct *task, struct thread_storage *storage,
					   struct thread_slot *slot, const void *flush_tlb_info,
					   u32 cpu, u64 start, u64 duration)
{
	struct tlb_shootdown *record = reserve_record(RECORD_TLB_SHOOTDOWN, sizeof(*record));
	struct sender *sender = NULL;
	u32 from = cpu;

	if (!record)
		return;
	if (read_member(&from, sizeof(from), flush_tlb_info,
			member_offset_flush_tlb_info__initiating_cpu))
		sender = bpf_map_lookup_elem(&ls_senders, &from);
	fill_header(&record->header, RECORD_TLB_SHOOTDOWN, task, slot, storage->slot);
	record->header.kernel_start_ns = start;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->pages = pages_of(flush_tlb_info);
	record->sender_tid = sender ? sender->tid : 0;
	record->sender_pid = sender ? sender->pid : 0;
	record->sender_cpu = from;
	record->reserved = 0;
	__builtin_memset(record->sender, 0, TASK_COMM_LEN);
	if (sender)
		__builtin_memcpy(record->sender, sender->comm, TASK_COMM_LEN);
	submit_record(record, RECORD_TLB_SHOOTDOWN);
}

static __always_inline void remember_sender(struct task_struct *task, u32 cpu)
{
	struct sender *sender = bpf_map_lookup_elem(&ls_senders, &cpu);

	if (!sender)
		return;
	sender->tid = task_read(task, pid);
	sender->pid = task_read(task, tgid);
	copy_comm(sender->comm, task);
}

static __always_inline void count_flush(struct task_struct *task, struct thread_storage *storage,
					struct thread_slot *slot, int reason, u32 cpu)
{
	struct thread_measures *measures = &slot->measures;

	switch (reason) {
	case FLUSH_TASK_SWITCH:
		measures->tlb_task_switch++;
		break;
	case FLUSH_REMOTE_SHOOTDOWN:
		measures->tlb_remote_shootdown++;
		if (sees_interrupts())
			break;
		count_received(measures, cpu);
		if (!slot->muted && is_wanted(RECORD_TLB_SHOOTDOWN, 0))
			send_shootdown(task, storage, slot, NULL, cpu, bpf_ktime_get_ns(), 0);
		break;
	case FLUSH_LOCAL_SHOOTDOWN:
		measures->tlb_local_shootdown++;
		break;
	case FLUSH_LOCAL_MM_SHOOTDOWN:
		measures->tlb_local_mm_shootdown++;
		break;
	case FLUSH_REMOTE_SEND_IPI:
		measures->shootdowns_sent++;
		break;
	case FLUSH_REMOTE_WRONG_CPU:
		measures->tlb_remote_wrong_cpu++;
		break;
	}
}

static __always_inline void shootdown_ends(struct task_struct *task, struct thread_storage *storage,
					   struct thread_slot *slot, struct __call_single_data *csd,
					   u32 cpu)
{
	u64 start = storage->state.shootdown_start_ns;
	u64 now = bpf_ktime_get_ns();

	storage->state.shootdown_start_ns = 0;
	if (!start || !is_recorded(cpu))
		return;
	histogram_add(&slot->measures.shootdown, now - start);
	if (!slot->muted && is_wanted(RECORD_TLB_SHOOTDOWN, now - start))
		send_shootdown(task, storage, slot, csd->info, cpu, start, now - start);
}

#endif
