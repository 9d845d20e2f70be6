// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A program for a tracepoint that no kernel has. */
#include "kernel_types.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("tp_btf/ls_no_such_tracepoint")
int BPF_PROG(ls_test_elsewhere, int anything)
{
	return 0;
}
