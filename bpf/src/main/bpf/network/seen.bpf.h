/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * When packets arrived: a table by the address of their sk_buff.
 *
 * Every packet of the host passes here, so it is no hash map with locks, but sets of eight entries
 * in two cache lines each, of which the oldest is overwritten. An entry is 40 bits of time and 24
 * bits of the address's hash, which with the set's number make 37: in practice as good as the
 * address. Nothing need be removed, because a packet that takes over an address is entered anew.
 * What has been overwritten, or is older than 9 minutes, counts as not timed.
 *
 * Two CPUs that replace the same entry at the same time lose one of the two, never mix them.
 */
#ifndef LATENCYSCOPE_NETWORK_SEEN_H
#define LATENCYSCOPE_NETWORK_SEEN_H

#include "layout.h"

#define SEEN_SETS 8192
#define SEEN_WAYS 8
#define TIME_BITS 40
#define TIME_MASK ((1ULL << TIME_BITS) - 1)

struct seen {
	u64 arrival;   /* the upper bits are those of the hash; 0: free */
	u64 queued_ns; /* in a socket's queue; 0: not yet */
};

struct seen_set {
	struct seen ways[SEEN_WAYS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SEEN_SETS);
	__type(key, u32);
	__type(value, struct seen_set);
} ls_seen SEC(".maps");

static __always_inline struct seen_set *set_of(u64 hash)
{
	u32 index = hash >> 51;

	return bpf_map_lookup_elem(&ls_seen, &index);
}

/*
 * The number that a pointer is. The verifier does not let one be calculated with where it knows its
 * type, which it does not after a copy from one place of the stack to another.
 */
static __always_inline u64 address_of(const void *pointer)
{
	const void *volatile here = pointer;
	u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), (const void *)&here);
	return address;
}

/* The upper 37 bits are as random as a multiplication makes them. */
static __always_inline u64 hash_of(u64 skb)
{
	return (skb >> 6) * 0x9e3779b97f4a7c15ULL;
}

/* The 24 bits below those that number the set, where an entry has them. */
static __always_inline u64 tag_of(u64 hash)
{
	return hash << 13 & ~TIME_MASK;
}

static __noinline struct seen *seen_at(u64 skb)
{
	u64 hash = hash_of(skb);
	u64 tag = tag_of(hash);
	struct seen_set *set = set_of(hash);

	if (!set)
		return NULL;
	for (u32 i = 0; i < SEEN_WAYS; i++) {
		u64 arrival = set->ways[i].arrival;

		if (arrival && (arrival & ~TIME_MASK) == tag)
			return &set->ways[i];
	}
	return NULL;
}

static __noinline int remember_arrival(u64 skb, u64 now)
{
	u64 hash = hash_of(skb);
	u64 tag = tag_of(hash);
	struct seen_set *set = set_of(hash);
	u32 oldest = 0;
	u64 oldest_age = 0;

	if (!set)
		return 0;
	for (u32 i = 0; i < SEEN_WAYS; i++) {
		u64 arrival = set->ways[i].arrival;
		u64 age = arrival ? (now - arrival) & TIME_MASK : TIME_MASK;

		if (arrival && (arrival & ~TIME_MASK) == tag) {
			oldest = i;
			break;
		}
		if (age > oldest_age) {
			oldest_age = age;
			oldest = i;
		}
	}
	set->ways[oldest & (SEEN_WAYS - 1)].queued_ns = 0;
	set->ways[oldest & (SEEN_WAYS - 1)].arrival = tag | (now & TIME_MASK);
	return 0;
}

/*
 * The arrival as a whole time. It may lie after now: while one CPU looks at a queue, another may
 * put into it what has just arrived. So what the 40 bits differ by is a signed number.
 */
static __always_inline u64 arrival_of(struct seen *seen, u64 now)
{
	s64 age = (s64)((now - seen->arrival) << (64 - TIME_BITS)) >> (64 - TIME_BITS);

	return now - age;
}

#endif
