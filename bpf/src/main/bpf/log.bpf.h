/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The last records of each CPU: a log that overwrites its oldest, in memory that user space maps.
 * Writing to it costs a few stores; nobody has to read it, and who does holds nobody up.
 *
 * Programs of one CPU write to that CPU's part, and one may be interrupted by another anywhere. The
 * claim of a place is made of plain loads and stores all the same, since Linux 5.10 knows no atomic
 * addition that returns a value: who was interrupted between its load and its store finds the place
 * taken, by the sequence that was written to it meanwhile, and takes the next.
 *
 * A record begins with its sequence: the turn in which it was written, from 1, with the bits below.
 * It is marked as busy first and published last. So a reader who finds the same sequence before and
 * after it has copied a record, and not busy, has all of that record and of no other. For that the
 * stores must become visible in this order, as they do on x86; BPF has a store with release
 * semantics since Linux 6.15 only (880442305a39). Elsewhere the log is not read.
 */
#ifndef LATENCYSCOPE_LOG_BPF_H
#define LATENCYSCOPE_LOG_BPF_H

#include "kernel.h"

#define LOG_BUSY  (1ULL << 63)
#define LOG_KEPT  (1ULL << 62) /* above the threshold: the ring has got this record, too */
#define LOG_FLAGS (LOG_BUSY | LOG_KEPT)

/* A task, a softirq, an interrupt and an NMI, each with one record at a time: a power of 2. */
#define LOG_NESTING 4

/* The largest structure of a module's records. */
#ifndef LOG_RECORD_BYTES
#define LOG_RECORD_BYTES 136
#endif

struct log_record {
	u64 words[LOG_RECORD_BYTES / 8];
};

/* The next turn, counted from 0; a cache line for each CPU, so that they do not share one. */
struct log_head {
	volatile u64 next;
	u64 padding[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct log_record);
} ls_log SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct log_head);
} ls_log_heads SEC(".maps");

/* Records for each CPU, a power of 2; user space sizes the map accordingly. */
const volatile u32 log_records = LOG_NESTING;

/* The compiler keeps the order of what is before and after. */
#define log_barrier() asm volatile("" ::: "memory")

/* A place for one record of this CPU, marked as busy; NULL if there is none. */
static __always_inline void *log_claim(void)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct log_head *head = bpf_map_lookup_elem(&ls_log_heads, &cpu);

	if (!head)
		return NULL;
	for (u32 attempt = 0; attempt < LOG_NESTING; attempt++) {
		u64 turn = head->next;
		u32 index = cpu * log_records + (turn & (log_records - 1));
		struct log_record *record = bpf_map_lookup_elem(&ls_log, &index);
		volatile u64 *sequence = (void *)record;

		if (!record)
			return NULL;
		head->next = turn + 1;
		/* Taken in between, or still being written by somebody whom we interrupted. */
		if ((*sequence & LOG_BUSY) || (*sequence & ~LOG_FLAGS) == turn + 1)
			continue;
		*sequence = (turn + 1) | LOG_BUSY;
		log_barrier();
		return record;
	}
	return NULL;
}

static __always_inline void log_publish(u64 *sequence)
{
	log_barrier();
	*(volatile u64 *)sequence = *sequence & ~LOG_BUSY;
}

#endif
