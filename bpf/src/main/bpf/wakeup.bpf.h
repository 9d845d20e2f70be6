/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The reader in user space sleeps until something cannot wait for its next round: a thread was born
 * whose name has to be taken while it lives, a ring is half full, a trigger's condition is met. It
 * is woken from here, once for each time that it says that it sleeps. A wakeup costs the CPU that
 * causes it an interrupt to itself, so nothing that is frequent may cause one.
 *
 * No wakeup is lost: the reader says that it sleeps and then looks once more, and who calls this
 * has written before what the reader looks at. On x86 both have a full barrier in between, here the
 * atomic addition. Elsewhere a wakeup may be lost, and the reader looks a second later.
 */
#ifndef LATENCYSCOPE_WAKEUP_BPF_H
#define LATENCYSCOPE_WAKEUP_BPF_H

#include "kernel.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ls_wakeups SEC(".maps");

/* User space sets it before it sleeps. Two CPUs may see it at once, and wake it twice. */
volatile u64 reader_sleeps SEC(".bss");

/* Says when, so that the reader knows how long it was kept from its CPU. */
static __noinline bool wake_reader(void)
{
	u64 now;

	if (!reader_sleeps)
		return false;
	reader_sleeps = 0;
	now = bpf_ktime_get_ns();
	bpf_ringbuf_output(&ls_wakeups, &now, sizeof(now), BPF_RB_FORCE_WAKEUP);
	return true;
}

#endif
