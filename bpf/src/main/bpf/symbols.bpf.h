/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What is the function called that lies at an address? The kernel itself answers, for one address
 * at a time; /proc/kallsyms would be 200,000 lines for the few names that are ever asked. For
 * modules whose records have a struct kernel_symbol.
 */
#ifndef LATENCYSCOPE_SYMBOLS_BPF_H
#define LATENCYSCOPE_SYMBOLS_BPF_H

#include "kernel.h"

u64 wanted_address SEC(".bss");

/* "name+offset/size", with "[module]" behind it; or a number where there is no function. */
SEC("iter/bpf_map")
int ls_name_function(struct bpf_iter__bpf_map *ctx)
{
	/* As for an address to return to, it names what lies right before. */
	u64 behind = wanted_address + 1;

	if (!ctx->map) /* once, behind the last map */
		BPF_SEQ_PRINTF(ctx->meta->seq, "%pB", behind);
	return 0;
}

#endif
