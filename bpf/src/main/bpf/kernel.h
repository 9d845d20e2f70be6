/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The kernel's types, as far as they are used. Offsets are not taken from here: every structure is
 * marked preserve_access_index, so that libbpf relocates each access against the running kernel's
 * BTF. A member that some kernels lack is asked for with bpf_core_field_exists first. A structure
 * that some kernels lack is not asked for at all: libbpf would look for it in all modules, which
 * needs CAP_SYS_ADMIN. User space says where its members lie, in a constant
 * member_offset_STRUCTURE__MEMBER.
 */
#ifndef LATENCYSCOPE_KERNEL_H
#define LATENCYSCOPE_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef signed short __s16;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u32 __wsum;
typedef _Bool bool;

enum { false, true };

#define NULL	      ((void *)0)
#define TASK_COMM_LEN 16

/* Of a constant that says where a structure's member lies: this kernel has none. */
#define NO_MEMBER (-1)

/* include/uapi/linux/bpf.h; only what the programs here use. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
};

enum {
	BPF_NOEXIST = 1,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_RB_AVAIL_DATA = 0,
};

/* include/linux/sched.h: states and flags, unchanged since 5.10 unless noted. */
#define TASK_INTERRUPTIBLE   0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED	     0x0004
#define TASK_TRACED	     0x0008
#define EXIT_DEAD	     0x0010
#define EXIT_ZOMBIE	     0x0020
#define TASK_PARKED	     0x0040
#define TASK_DEAD	     0x0080
#define TASK_WAKING	     0x0200
#define PF_EXITING	     0x00000004
#define PF_WQ_WORKER	     0x00000020
#define PF_KTHREAD	     0x00200000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pid_namespace;

struct upid {
	int nr;
	struct pid_namespace *ns; /* makes an element of pid.numbers as long as the kernel's */
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct thread_info {
	u32 cpu; /* since 5.16 (bcf9033e5449); before, task_struct.cpu */
};

struct sched_entity {
	u64 exec_start;
	u64 sum_exec_runtime;
	u64 nr_migrations;
	unsigned char sched_delayed; /* since 6.12 (abc158c82ae5) */
};

struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay;
	unsigned long long last_arrival;
	unsigned long long last_queued; /* 0: does not wait for a CPU */
};

struct cpumask {
	unsigned long bits[1];
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct dentry {
	struct inode *d_inode;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct inode *f_inode;
};

struct task_struct;

struct atomic_long {
	s64 counter;
};

struct rw_semaphore {
	struct atomic_long count;
};

struct mm_struct {
	unsigned long start_stack;
	struct rw_semaphore mmap_lock; /* since 5.8 (da1c55f1b272) */
	struct task_struct *owner;     /* only with control groups for memory */
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	unsigned long vm_pgoff;
	struct file *vm_file;
};

/* What an inter-processor interrupt is to call: tracepoints have it since 6.5 (949fa3f11ced). */
struct __call_single_data {
	void *func;
	void *info;
};

/* The context of a perf_event program. */
struct bpf_perf_event_data {
	u64 addr;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state; /* since 5.14 (2f064a59a11f); before, state */
	unsigned int flags;
	int prio;
	unsigned int on_rq; /* a byte since 7.3: only unsigned loads are fitted to that */
	struct sched_entity se;
	struct cpumask *cpus_ptr;
	struct sched_info sched_info;
	unsigned in_execve : 1;
	int pid;
	int tgid;
	u64 start_time; /* of CLOCK_MONOTONIC */
	struct pid *thread_pid;
	unsigned long nvcsw;
	unsigned long nivcsw;
	struct mm_struct *mm;
	unsigned long min_flt;
	unsigned long maj_flt;
	char comm[TASK_COMM_LEN];
	void *worker_private; /* since 5.17 (e32cf5dfbe22): a kernel thread's struct kthread */
};

struct task_struct___before_5_14 {
	long state;
};

struct task_struct___before_5_16 {
	unsigned int cpu;
};

struct task_struct___before_5_17 {
	void *set_child_tid; /* of a kernel thread: its struct kthread */
};

struct kthread {
	void *data;
};

struct worker {
	void *current_func;
	void *last_func;
};

struct irqaction {
	void *handler;
	struct irqaction *next;
	const char *name;
};

struct timer_list {
	void *function;
};

struct hrtimer {
	void *function;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_map;

struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map; /* NULL behind the last */
};

#pragma clang attribute pop

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* What programs may call: as the running kernel numbers it. */
enum bpf_func_id___known {
	BPF_FUNC_get_current_task_btf___known = 158, /* since 5.11 (3ca1032ab7ab) */
};

/*
 * Whether programs are given a pointer to the thread that runs which they may follow: not on Linux
 * 5.10. There they get its address and must ask for each member.
 */
static __always_inline bool may_follow_current(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id___known,
					  BPF_FUNC_get_current_task_btf___known);
}

/* The thread that this CPU runs; to be read with task_read. */
static __always_inline struct task_struct *current_task(void)
{
	return may_follow_current() ? bpf_get_current_task_btf() : (void *)bpf_get_current_task();
}

/* A member of a task that may have come from current_task. What a tracepoint hands over may be
 * followed on every kernel. */
#define task_read(task, member)                                                                    \
	(may_follow_current() ? (task)->member : BPF_CORE_READ(task, member))

static __always_inline long task_state_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return BPF_CORE_READ((struct task_struct___before_5_14 *)task, state);
}

/*
 * Whether a task that is about to be woken is off its CPU and does not wait for one. Since
 * Linux 6.12 it may stay in the queue for a while although it sleeps (delayed dequeue,
 * 152e11f6df29).
 */
static __always_inline bool is_asleep(struct task_struct *task)
{
	if (!task->on_rq)
		return true;
	return bpf_core_field_exists(task->se.sched_delayed) && task->se.sched_delayed;
}

static __always_inline u32 task_cpu_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->thread_info.cpu))
		return task->thread_info.cpu;
	return BPF_CORE_READ((struct task_struct___before_5_16 *)task, cpu);
}

/* Whether the task's mask lets it run on a CPU. */
static __always_inline bool is_allowed_on(struct task_struct *task, u32 cpu)
{
	u64 bits = 0;

	bpf_probe_read_kernel(&bits, sizeof(bits), &task->cpus_ptr->bits[cpu / 64 % 128]);
	return bits >> cpu % 64 & 1;
}

/* Address of the work function that a workqueue's thread runs or has just run; else 0. */
static __always_inline u64 work_function_of(struct task_struct *task)
{
	struct kthread *kthread;
	struct worker *worker;
	u64 function;

	if (!(task->flags & PF_WQ_WORKER))
		return 0;
	if (bpf_core_field_exists(task->worker_private))
		kthread = task->worker_private;
	else
		kthread = BPF_CORE_READ((struct task_struct___before_5_17 *)task, set_child_tid);
	worker = BPF_CORE_READ(kthread, data);
	function = (u64)BPF_CORE_READ(worker, current_func);
	/* A worker that goes idle has cleared current_func before it is switched out. */
	return function ? function : (u64)BPF_CORE_READ(worker, last_func);
}

#endif
