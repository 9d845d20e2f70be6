// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A log that is written faster than it can be read, by system calls and by the timer interrupts
 * that come in between: every word of a record is its turn, so that a mixture is seen.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "log.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define BURST 8

const volatile u32 target_tgid;

u64 written SEC(".bss");
u64 without_place SEC(".bss");

const struct log_record *__record __attribute__((unused));

static __always_inline void write_one(void)
{
	struct log_record *record = log_claim();
	u64 turn;

	if (!record) {
		__sync_fetch_and_add(&without_place, 1);
		return;
	}
	turn = record->words[0] & ~LOG_FLAGS;
	for (u32 word = 1; word < LOG_RECORD_BYTES / 8; word++)
		record->words[word] = turn;
	log_publish(&record->words[0]);
	__sync_fetch_and_add(&written, 1);
}

SEC("tp_btf/sys_enter")
int ls_test_call(u64 *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != target_tgid)
		return 0;
	for (u32 i = 0; i < BURST; i++)
		write_one();
	return 0;
}

SEC("tp_btf/softirq_entry")
int ls_test_softirq(u64 *ctx)
{
	write_one();
	return 0;
}
