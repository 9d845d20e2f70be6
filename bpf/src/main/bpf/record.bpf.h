/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Records on their way to user space. A module defines enum record before it includes this file:
 * for each struct x that it sends, RECORD_X. Such a structure begins with a record_header; its
 * members carry the names of the event's Java fields. Losses are counted here, where they happen.
 *
 * Every record is written into the log, which overwrites itself and which nobody reads until it is
 * asked for. What a recording keeps for its whole life is copied from there to the ring.
 */
#ifndef LATENCYSCOPE_RECORD_BPF_H
#define LATENCYSCOPE_RECORD_BPF_H

#include "kernel.h"

#define NOT_ENABLED (~0ULL)
#define MAX_RECORDS 16

/* An address of kernel code, or 0; user space puts the function's name in its place. */
struct kernel_symbol {
	u64 address;
};

/* Number of a copy of the thread's stack, or 0; user space puts its frames in its place. */
struct copied_stack {
	u64 number;
};

struct record_header {
	u64 sequence; /* see log.bpf.h */
	u64 kernel_start_ns;
	u64 kernel_duration_ns;
	enum record record;
	u32 os_thread_id;
	u32 cpu;
	u32 slot; /* of the affected thread */
	char thread[TASK_COMM_LEN];
};

#include "log.bpf.h"
#include "wakeup.bpf.h"

/* A module whose records are more than others' defines more. */
#ifndef RING_BYTES
#define RING_BYTES (8 << 20)
#endif

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ls_events SEC(".maps");

/* Per record: shorter ones are not kept. User space may write these at any time. */
volatile u64 threshold_ns[MAX_RECORDS] SEC(".data");
/* Per record: shorter ones are not even logged; by default nothing is that is not kept. */
volatile u64 logged_from_ns[MAX_RECORDS] SEC(".data") = {[0 ... MAX_RECORDS - 1] = NOT_ENABLED};
/* Per record: longer ones meet the condition of a trigger. */
volatile u64 trigger_ns[MAX_RECORDS] SEC(".data") = {[0 ... MAX_RECORDS - 1] = NOT_ENABLED};
/* How many records were longer than that: user space looks at this and need not read them. */
u64 triggers_met SEC(".bss");
/* Per record: how many found no room. */
u64 lost[MAX_RECORDS] SEC(".bss");

/*
 * The longest few of each record, and the shortest of those. Whatever the threshold, an occurrence
 * that belongs among them is sent, so that the worst is always known with its context. User space
 * sets the table back to zeros when it begins a new interval. Programs on two CPUs may overwrite
 * each other's entry: then one more is sent than need be, and none is missed.
 */
#define WORST 8

struct worst {
	u64 bar_ns;
	u64 durations_ns[WORST];
};

struct worst worst_of[MAX_RECORDS] SEC(".bss");

static __noinline bool joins_worst(u32 record, u64 duration_ns)
{
	struct worst *worst = &worst_of[record % MAX_RECORDS];
	u64 bar = duration_ns;
	u32 shortest = 0;

	for (u32 i = 1; i < WORST; i++)
		if (worst->durations_ns[i] < worst->durations_ns[shortest & (WORST - 1)])
			shortest = i;
	worst->durations_ns[shortest & (WORST - 1)] = duration_ns;
	for (u32 i = 0; i < WORST; i++)
		if (worst->durations_ns[i] < bar)
			bar = worst->durations_ns[i];
	worst->bar_ns = bar;
	return true;
}

/* Whether an occurrence is among the longest; what has no duration has no longest. */
static __always_inline bool is_worst(u32 record, u64 duration_ns)
{
	return duration_ns > worst_of[record].bar_ns && joins_worst(record, duration_ns);
}

/* Whether a record is to be made of an occurrence; once made, submit_record sees who keeps it. */
static __always_inline bool is_wanted(u32 record, u64 duration_ns)
{
	u64 threshold = threshold_ns[record];

	if (threshold == NOT_ENABLED)
		return false;
	return duration_ns >= threshold || duration_ns >= logged_from_ns[record] ||
	       duration_ns > worst_of[record].bar_ns;
}

/* Room for a record, which must be submitted; NULL: there is none, and it is counted. */
static __always_inline void *reserve_record(u32 record, u64 size)
{
	struct record_header *header = log_claim();

	if (!header)
		__sync_fetch_and_add(&lost[record], 1);
	return header;
}

/* Size is a constant, of the record's structure. */
static __always_inline void submit_sized(struct record_header *header, u32 record, u64 size,
					 bool keep, bool worst)
{
	if (header->kernel_duration_ns > trigger_ns[record]) {
		__sync_fetch_and_add(&triggers_met, 1);
		wake_reader();
	}
	if (keep)
		header->sequence |= LOG_KEPT;
	if (keep || worst) {
		/* A wakeup for each would cost the thread that we measure. */
		if (bpf_ringbuf_output(&ls_events, header, size, BPF_RB_NO_WAKEUP))
			__sync_fetch_and_add(&lost[record], 1);
		if (bpf_ringbuf_query(&ls_events, BPF_RB_AVAIL_DATA) > RING_BYTES / 2)
			wake_reader();
	}
	log_publish(&header->sequence);
}

/* The kind of a record is that which it was reserved as. */
#define submit_record(data, kind)                                                                  \
	submit_sized(&(data)->header, kind, sizeof(*(data)),                                       \
		     (data)->header.kernel_duration_ns >= threshold_ns[kind],                      \
		     is_worst(kind, (data)->header.kernel_duration_ns))

/* Two words instead of a helper call: the verifier allows it on a BTF-typed pointer. */
static __always_inline void copy_comm(char *to, struct task_struct *task)
{
	if (!may_follow_current()) {
		bpf_probe_read_kernel(to, TASK_COMM_LEN, task->comm);
		return;
	}
	((u64 *)to)[0] = ((u64 *)task->comm)[0];
	((u64 *)to)[1] = ((u64 *)task->comm)[1];
}

#endif
