// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A program that the verifier must refuse, after one that it must accept. */
#include "kernel_types.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

__u64 total;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} ls_table SEC(".maps");

SEC("tp_btf/sched_switch")
int BPF_PROG(ls_test_accepted, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	total++;
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(ls_test_refused, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&ls_table, &key);

	total += *value; /* without the null check */
	return 0;
}
