// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Counts a process's minor page faults by the software event; and a program that names no event. */
#include "kernel_types.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

const volatile __u32 wanted_tgid;
__u64 faults SEC(".bss");

SEC("perf_event")
int ls_page_faults_min(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted_tgid)
		__sync_fetch_and_add(&faults, 1);
	return 0;
}

SEC("perf_event")
int ls_test_nameless(void *ctx)
{
	return 0;
}
