// SPDX-License-Identifier: GPL-2.0 OR MIT
/* One of everything that the Java side offers: ring, globals, mmap'ed array, queue, iterator. */
#include "kernel_types.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum switch_kind {
	SWITCH_OTHER = 0,
	SWITCH_TARGET = 7,
};

struct switch_seen {
	__u64 at_ns;
	__u32 prev_tid;
	__u32 next_tid;
	char next_name[16];
	__u32 cpu;
	enum switch_kind kind;
};
const struct switch_seen *__record_switch_seen __attribute__((unused));

const volatile __u32 target_tid;
const volatile __u8 monitored[8];
const volatile __u64 bounds[3];
const volatile bool sending = true;

__u64 seen;
__u64 sent;
__u64 lost;
__u32 popped;
__u32 popped_sum;
__u32 scale = 3;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ls_switches SEC(".maps");

/* Twelve bytes on purpose: the kernel lays the elements out sixteen apart. */
struct tally {
	__u32 count;
	__u32 last_tid;
	__u32 scaled;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, struct tally);
} ls_tallies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__uint(value_size, sizeof(__u32));
} ls_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} ls_limits SEC(".maps");

static __always_inline void pop_slot(void)
{
	__u32 slot;

	if (!bpf_map_pop_elem(&ls_slots, &slot)) {
		__sync_fetch_and_add(&popped, 1);
		__sync_fetch_and_add(&popped_sum, slot);
	}
}

static __always_inline void tally(__u32 tid)
{
	__u32 index = 1;
	struct tally *row = bpf_map_lookup_elem(&ls_tallies, &index);

	if (row) {
		__u32 count = __sync_fetch_and_add(&row->count, 1) + 1;

		row->last_tid = tid;
		row->scaled = count * scale;
	}
}

static __always_inline void send(struct task_struct *prev, struct task_struct *next)
{
	struct switch_seen *record = bpf_ringbuf_reserve(&ls_switches, sizeof(*record), 0);

	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	record->at_ns = bpf_ktime_get_ns();
	record->prev_tid = prev->pid;
	record->next_tid = next->pid;
	bpf_probe_read_kernel(record->next_name, sizeof(record->next_name), next->comm);
	record->cpu = bpf_get_smp_processor_id();
	record->kind = record->next_tid == target_tid ? SWITCH_TARGET : SWITCH_OTHER;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	__sync_fetch_and_add(&sent, 1);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(ls_test_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (next->pid != target_tid && prev->pid != target_tid)
		return 0;
	__sync_fetch_and_add(&seen, 1);
	pop_slot();
	tally(next->pid);
	if (sending && monitored[0] && bounds[2])
		send(prev, next);
	return 0;
}

SEC("iter/task")
int ls_test_tasks(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;

	if (task)
		BPF_SEQ_PRINTF(seq, "%d %d\n", task->tgid, task->pid);
	return 0;
}
