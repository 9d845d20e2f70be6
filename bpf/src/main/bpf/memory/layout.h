/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the memory module sends, remembers and counts. */
#ifndef LATENCYSCOPE_MEMORY_LAYOUT_H
#define LATENCYSCOPE_MEMORY_LAYOUT_H

#include "../kernel.h"

enum record {
	RECORD_PAGE_FAULT,
	RECORD_TLB_SHOOTDOWN,
	RECORD_MEMORY_STALL,
	RECORD_NUMA_EVENT,
};

#include "../histogram.bpf.h"
#include "../record.bpf.h"

enum fault_kind {
	KIND_MINOR,
	KIND_MAJOR,
};

enum fault_mode {
	MODE_UNKNOWN,
	MODE_USER,
	MODE_KERNEL,
};

enum fault_access {
	ACCESS_UNKNOWN,
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_EXECUTE,
};

/* What an address belongs to, as user space tells; the last ones the kernel knows, too. */
enum memory_region {
	REGION_UNKNOWN,
	REGION_JAVA_HEAP,
	REGION_CODE_CACHE,
	REGION_METASPACE,
	REGION_THREAD_STACK,
	REGION_MAPPED_FILE,
	REGION_ANONYMOUS,
};

enum stall_kind {
	STALL_RECLAIM,	      /* of the machine's memory, because too little was free */
	STALL_CGROUP_RECLAIM, /* of the control group's, because it is at its limit */
	STALL_COMPACTION,     /* to make a huge page, or another run of pages */
	STALL_KINDS,
};

/* include/linux/migrate_mode.h, enum migrate_reason; the first ones are unchanged since 5.10. */
enum migration_reason {
	REASON_COMPACTION,
	REASON_MEMORY_FAILURE,
	REASON_MEMORY_HOTPLUG,
	REASON_SYSCALL,
	REASON_MEMPOLICY,
	REASON_NUMA_BALANCING,
	REASON_OTHER,
};

/* A file as the kernel knows it, or zeros; user space puts its path in its place. */
struct mapped_file {
	u64 inode;
	u64 device;
};

struct page_fault {
	struct record_header header;
	u64 address;
	struct mapped_file file;
	u64 file_offset;
	struct copied_stack stack;
	enum fault_kind kind;
	enum fault_mode mode;
	enum fault_access access;
	enum memory_region region;
};

struct tlb_shootdown {
	struct record_header header;
	u64 pages; /* 0: all of the address space */
	u32 sender_tid;
	u32 sender_pid;
	u32 sender_cpu;
	u32 reserved;
	char sender[TASK_COMM_LEN];
};

struct memory_stall {
	struct record_header header;
	u64 pages; /* that were gained; 0 where the kernel does not say */
	enum stall_kind kind;
	u32 reserved;
};

struct numa_event {
	struct record_header header;
	u64 pages;
	u64 failed_pages;
	enum migration_reason reason;
	u32 reserved;
};

const struct page_fault *__record_page_fault __attribute__((unused));
const struct tlb_shootdown *__record_tlb_shootdown __attribute__((unused));
const struct memory_stall *__record_memory_stall __attribute__((unused));
const struct numa_event *__record_numa_event __attribute__((unused));

/* A fault of which the kernel has not said yet how it ended; it may never. */
struct open_fault {
	u64 start_ns; /* 0: none */
	u64 address;
	u64 accounted; /* faults that had ended for good when this one began */
	u32 error_code;
	enum fault_mode mode;
};

struct thread_state {
	/* The last two, because one may come in the midst of another. */
	struct open_fault open[2];
	u64 newest;
	/* The kernel's own counts when we last saw them. */
	u64 min_flt;
	u64 maj_flt;
	u64 stall_start_ns[STALL_KINDS];
	u64 shootdown_start_ns;
	u64 migration_start_ns;
	u64 migration_reason;
};

struct thread_measures {
	/* What /proc/PID/task/TID/stat says of the same interval. */
	u64 minor_faults;
	u64 major_faults;
	u64 minor_faults_monitored;
	u64 major_faults_monitored;
	/* Of all these: the kernel counted them, no probe saw them end (such as in mlock). */
	u64 faults_untraced;
	/* Of all these: seen to end, but not to begin, so that their length is not known. */
	u64 faults_untimed;
	u64 shootdowns_received;
	u64 shootdowns_received_monitored;
	u64 shootdowns_sent;
	/* The kernel's reasons to flush a TLB, while the thread was on the CPU. */
	u64 tlb_task_switch;
	u64 tlb_remote_shootdown;
	u64 tlb_local_shootdown;
	u64 tlb_local_mm_shootdown;
	u64 tlb_remote_wrong_cpu;
	u64 pages_migrated;
	u64 pages_migrated_numa;
	struct histogram fault_unknown;
	struct histogram fault_java_heap;
	struct histogram fault_code_cache;
	struct histogram fault_metaspace;
	struct histogram fault_thread_stack;
	struct histogram fault_mapped_file;
	struct histogram fault_anonymous;
	struct histogram major_fault; /* counted by region, too */
	struct histogram shootdown;
	struct histogram stall_reclaim;
	struct histogram stall_cgroup_reclaim;
	struct histogram stall_compaction;
	struct histogram page_migration;
};

enum subject {
	SUBJECT_CPU,	 /* whatever ran there */
	SUBJECT_PROCESS, /* by its id, as the kernel's first namespace numbers it */
};

struct subject_measures {
	u64 shootdowns_received; /* as the TLB line of /proc/interrupts counts them */
	/* Huge pages that were made of its small ones, by whomever; or not, after all. */
	u64 huge_pages_collapsed;
	u64 huge_page_collapses_failed;
};

#include "../threads.bpf.h"
#include "../stack.bpf.h"
#include "../subjects.bpf.h"

static __always_inline void remember_faults(struct task_struct *task, struct thread_state *state)
{
	state->min_flt = task_read(task, min_flt);
	state->maj_flt = task_read(task, maj_flt);
}

/* A thread that is ending is not seen any more: its state would outlive it. */
static __always_inline bool is_watched(struct task_struct *task)
{
	return is_target(task) && !(task_read(task, flags) & PF_EXITING);
}

#endif
