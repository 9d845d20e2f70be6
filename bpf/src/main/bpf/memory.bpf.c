// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * memory: what a thread of the target paid for its memory. Page faults, TLB shootdowns that other
 * CPUs asked for, reclaim and compaction on its own time, and pages moved under it.
 */
#include "memory/layout.h"
#include "memory/fault.bpf.h"
#include "memory/huge.bpf.h"
#include "memory/stall.bpf.h"
#include "memory/tlb.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("tp_btf/page_fault_user")
int BPF_PROG(ls_page_fault_user, unsigned long address, void *regs, unsigned long error_code)
{
	return fault_begins(address, error_code, MODE_USER);
}

SEC("tp_btf/page_fault_kernel")
int BPF_PROG(ls_page_fault_kernel, unsigned long address, void *regs, unsigned long error_code)
{
	return fault_begins(address, error_code, MODE_KERNEL);
}

/*
 * The kernel has given its verdict: minor or major. These programs are named after the software
 * event that they are attached to.
 */
SEC("perf_event")
int ls_page_faults_min(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, KIND_MINOR, true);
}

SEC("perf_event")
int ls_page_faults_maj(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, KIND_MAJOR, true);
}

/*
 * Before bpf_find_vma (5.17, 7c7e3d31e785): only what user space has told is known of an address.
 */
SEC("perf_event")
int ls_page_faults_min__before_5_17(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, KIND_MINOR, false);
}

SEC("perf_event")
int ls_page_faults_maj__before_5_17(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, KIND_MAJOR, false);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ls_sched_process_exit, struct task_struct *task)
{
	struct thread_slot *slot;
	struct thread_storage *storage = ending_thread(task, &slot);

	if (!storage)
		return 0;
	count_faults(task, &storage->state, &slot->measures, bpf_get_smp_processor_id(), 0);
	thread_ended(task, slot);
	return 0;
}

SEC("tp_btf/tlb_flush")
int BPF_PROG(ls_tlb_flush, int reason)
{
	struct task_struct *task = current_task();
	u32 cpu = bpf_get_smp_processor_id();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (reason == FLUSH_REMOTE_SEND_IPI)
		remember_sender(task, cpu);
	if (reason == FLUSH_REMOTE_SHOOTDOWN && !sees_interrupts())
		count_on_cpu(cpu);
	if (!is_watched(task) || !is_recorded(cpu))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (storage)
		count_flush(task, storage, slot, reason, cpu);
	return 0;
}

/* The function's own argument is not looked at: BTF of older kernels does not allow it. */
SEC("tp_btf/csd_function_entry")
int BPF_PROG(ls_csd_function_entry, void *function, struct __call_single_data *csd)
{
	struct task_struct *task = current_task();
	u32 cpu = bpf_get_smp_processor_id();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_shootdown(csd))
		return 0;
	count_on_cpu(cpu);
	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (!storage)
		return 0;
	storage->state.shootdown_start_ns = bpf_ktime_get_ns();
	if (is_recorded(cpu))
		count_received(&slot->measures, cpu);
	return 0;
}

SEC("tp_btf/csd_function_exit")
int BPF_PROG(ls_csd_function_exit, void *function, struct __call_single_data *csd)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_shootdown(csd) || !is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (storage)
		shootdown_ends(task, storage, slot, csd, bpf_get_smp_processor_id());
	return 0;
}

SEC("tp_btf/mm_vmscan_direct_reclaim_begin")
int BPF_PROG(ls_direct_reclaim_begin)
{
	return stall_begins(STALL_RECLAIM);
}

SEC("tp_btf/mm_vmscan_direct_reclaim_end")
int BPF_PROG(ls_direct_reclaim_end, unsigned long reclaimed)
{
	return stall_ends(STALL_RECLAIM, reclaimed);
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_begin")
int BPF_PROG(ls_cgroup_reclaim_begin)
{
	return stall_begins(STALL_CGROUP_RECLAIM);
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_end")
int BPF_PROG(ls_cgroup_reclaim_end, unsigned long reclaimed)
{
	return stall_ends(STALL_CGROUP_RECLAIM, reclaimed);
}

/* Once for each zone that is compacted. */
SEC("tp_btf/mm_compaction_begin")
int BPF_PROG(ls_compaction_begin)
{
	return stall_begins(STALL_COMPACTION);
}

SEC("tp_btf/mm_compaction_end")
int BPF_PROG(ls_compaction_end)
{
	return stall_ends(STALL_COMPACTION, 0);
}

/*
 * Small pages have become a huge one, or have not: by khugepaged, or by a thread that asked for it
 * (madvise). Whoever wants memory of that process meanwhile waits, which its page fault tells.
 */
SEC("tp_btf/mm_collapse_huge_page")
int BPF_PROG(ls_collapse_huge_page, struct mm_struct *mm, int isolated, int status)
{
	return count_collapse(mm, status);
}

SEC("tp_btf/mm_migrate_pages_start")
int BPF_PROG(ls_migrate_pages_start, int mode, int reason)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (!storage)
		return 0;
	storage->state.migration_reason = reason;
	storage->state.migration_start_ns = bpf_ktime_get_ns();
	return 0;
}

/* Without it the reason is an argument of the end, and how long it took is not known. */
const volatile bool has_hook_mm_migrate_pages_start = true;

static __always_inline void count_migrated(struct thread_measures *measures, u64 pages, u64 reason)
{
	measures->pages_migrated += pages;
	if (reason == REASON_NUMA_BALANCING)
		measures->pages_migrated_numa += pages;
}

SEC("tp_btf/mm_migrate_pages")
int ls_migrate_pages(u64 *ctx)
{
	struct task_struct *task = current_task();
	u64 succeeded = ctx[0], failed = ctx[1];
	u32 cpu = bpf_get_smp_processor_id();
	struct thread_storage *storage;
	struct thread_slot *slot;
	struct numa_event *record;
	u64 start, duration, now;
	u64 reason;

	if (!is_watched(task))
		return 0;
	storage = thread_of(task, &slot, remember_faults);
	if (!storage)
		return 0;
	if (!has_hook_mm_migrate_pages_start) {
		if (is_recorded(cpu))
			count_migrated(&slot->measures, succeeded, (u32)ctx[6]);
		return 0;
	}
	start = storage->state.migration_start_ns;
	reason = storage->state.migration_reason;
	storage->state.migration_start_ns = 0;
	if (!start || !is_recorded(cpu))
		return 0;
	now = bpf_ktime_get_ns();
	duration = now > start ? now - start : 0;
	count_migrated(&slot->measures, succeeded, reason);
	histogram_add(&slot->measures.page_migration, duration);
	if (slot->muted || !is_wanted(RECORD_NUMA_EVENT, duration))
		return 0;
	record = reserve_record(RECORD_NUMA_EVENT, sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_NUMA_EVENT, task, slot, storage->slot);
	record->header.kernel_start_ns = start;
	record->header.kernel_duration_ns = duration;
	record->header.cpu = cpu;
	record->pages = succeeded;
	record->failed_pages = failed;
	record->reason = reason < REASON_OTHER ? reason : REASON_OTHER;
	record->reserved = 0;
	submit_record(record, RECORD_NUMA_EVENT);
	return 0;
}
