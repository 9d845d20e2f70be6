/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Distributions of nanoseconds, log-linear with 3 significant digits, indexed as HdrHistogram
 * indexes its counts with 2,048 sub-buckets: exact to 0.1 %. The counters come in chunks that are
 * given to a distribution when a value first falls into them, since a thread touches few of them.
 * User space takes counts out by exchanging them with 0, hence the atomic additions.
 */
#ifndef LATENCYSCOPE_HISTOGRAM_BPF_H
#define LATENCYSCOPE_HISTOGRAM_BPF_H

#include "kernel.h"

#define SUB_BUCKET_BITS	 11
#define MAX_VALUE_BITS	 40 /* 18 minutes; longer is counted as that, the maximum is exact */
#define CHUNK_BITS	 7
#define CHUNK_COUNTERS	 (1 << CHUNK_BITS)
#define COUNTERS	 ((MAX_VALUE_BITS - SUB_BUCKET_BITS + 2) << (SUB_BUCKET_BITS - 1))
#define HISTOGRAM_CHUNKS (COUNTERS / CHUNK_COUNTERS)

struct histogram {
	u64 total_ns;
	u64 max_ns;
	u64 unbinned;		      /* counted, but no chunk was free */
	u16 chunks[HISTOGRAM_CHUNKS]; /* 0: none yet */
};

struct chunk {
	u32 counts[CHUNK_COUNTERS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct chunk);
} ls_chunks SEC(".maps");

/* Numbers of free chunks. Chunk 0 is never given out: 0 means none. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(key_size, 0);
	__uint(value_size, sizeof(u32));
} ls_free_chunks SEC(".maps");

static __always_inline u32 floor_log2(u64 value)
{
	u32 log = 0;

	if (value >> 32) {
		value >>= 32;
		log = 32;
	}
	if (value >> 16) {
		value >>= 16;
		log += 16;
	}
	if (value >> 8) {
		value >>= 8;
		log += 8;
	}
	if (value >> 4) {
		value >>= 4;
		log += 4;
	}
	if (value >> 2) {
		value >>= 2;
		log += 2;
	}
	return log + (value >> 1);
}

static __always_inline u32 counter_index(u64 value)
{
	u32 bucket;

	if (value >= 1ULL << MAX_VALUE_BITS)
		return COUNTERS - 1;
	if (value < 1ULL << SUB_BUCKET_BITS)
		return value;
	bucket = floor_log2(value) - (SUB_BUCKET_BITS - 1);
	return (bucket << (SUB_BUCKET_BITS - 1)) + (value >> bucket);
}

/* Counts a value in everything but the total. */
static __always_inline void histogram_bin(struct histogram *histogram, u64 value_ns)
{
	u32 index = counter_index(value_ns);
	u32 position = index >> CHUNK_BITS;
	struct chunk *chunk;
	u32 id;

	if (value_ns > histogram->max_ns)
		histogram->max_ns = value_ns;
	if (position >= HISTOGRAM_CHUNKS)
		return; /* cannot be; the verifier wants to see it */
	id = histogram->chunks[position];
	if (!id) {
		if (bpf_map_pop_elem(&ls_free_chunks, &id))
			id = 0;
		histogram->chunks[position] = id;
	}
	chunk = id ? bpf_map_lookup_elem(&ls_chunks, &id) : NULL;
	if (chunk)
		__sync_fetch_and_add(&chunk->counts[index & (CHUNK_COUNTERS - 1)], 1);
	else
		histogram->unbinned++;
}

static __always_inline void histogram_add(struct histogram *histogram, u64 value_ns)
{
	histogram->total_ns += value_ns;
	histogram_bin(histogram, value_ns);
}

#endif
