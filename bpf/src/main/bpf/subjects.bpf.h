/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Measures of something other than a thread: an interrupt line, a softirq vector, a network device,
 * a system call.
 *
 * A module includes histogram.bpf.h and defines, before it includes this file,
 *   enum subject             the kinds of things that it measures: SUBJECT_LINE, SUBJECT_VECTOR
 * ...; user space reports them by the constant's text, struct subject_measures  what it counts of
 * each, as with struct thread_measures.
 *
 * Each CPU counts for itself, so that what runs with interrupts off, or in a context that does not
 * nest in itself, is alone with its counts. Where a program can be preempted by its like, counters
 * are still exact, because they are added to atomically; of a distribution one occurrence can then
 * be missed when a piece of it is touched for the first time.
 *
 * Unlike threads, subjects do not end: they stay until the module is unloaded.
 */
#ifndef LATENCYSCOPE_SUBJECTS_BPF_H
#define LATENCYSCOPE_SUBJECTS_BPF_H

#include "kernel.h"
#include "histogram.bpf.h"

#define SUBJECT_NAME_LEN 32
#define SUBJECT_UNUSED	 0
#define SUBJECT_USED	 1
#define NO_CPU		 (~0U)

struct subject_key {
	u64 id;
	u32 kind;
	u32 cpu;
};

struct subject_slot {
	u32 state;
	enum subject kind;
	u64 id;
	u32 cpu;
	u32 reserved;
	char name[SUBJECT_NAME_LEN];
	struct subject_measures measures;
};

const struct subject_slot *__subject_layout __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct subject_key);
	__type(value, u32);
} ls_subject_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct subject_slot);
} ls_subjects SEC(".maps");

/* Numbers of free subjects. Subject 0 is never given out: 0 means none. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(key_size, 0);
	__uint(value_size, sizeof(u32));
} ls_free_subjects SEC(".maps");

/* Occurrences that were not counted because there were more subjects than there was room for. */
u64 events_without_subject SEC(".bss");

static __noinline u32 new_subject(struct subject_key *key)
{
	struct subject_slot *slot;
	u32 *known;
	u32 index;

	if (!key || bpf_map_pop_elem(&ls_free_subjects, &index))
		return 0;
	if (bpf_map_update_elem(&ls_subject_index, key, &index, BPF_NOEXIST)) {
		/* Another program was faster, or the index is full. */
		bpf_map_push_elem(&ls_free_subjects, &index, 0);
		known = bpf_map_lookup_elem(&ls_subject_index, key);
		return known ? *known : 0;
	}
	slot = bpf_map_lookup_elem(&ls_subjects, &index);
	if (!slot)
		return 0;
	slot->kind = key->kind;
	slot->id = key->id;
	slot->cpu = key->cpu;
	return index;
}

/* The number of a thing on a CPU; 0 if there is no room for it. */
static __always_inline u32 subject_index_of(enum subject kind, u64 id, u32 cpu)
{
	struct subject_key key = {.id = id, .kind = kind, .cpu = cpu};
	u32 *known = bpf_map_lookup_elem(&ls_subject_index, &key);

	return known ? *known : new_subject(&key);
}

/* The measures of the thing with that number, which may be remembered: it stays the same. */
static __always_inline struct subject_measures *subject_measures_at(u32 index, const char *name)
{
	struct subject_slot *slot = index ? bpf_map_lookup_elem(&ls_subjects, &index) : NULL;

	if (!slot) {
		__sync_fetch_and_add(&events_without_subject, 1);
		return NULL;
	}
	if (slot->state == SUBJECT_UNUSED) {
		if (name)
			bpf_probe_read_kernel_str(slot->name, sizeof(slot->name), name);
		slot->state = SUBJECT_USED;
	}
	return &slot->measures;
}

/*
 * The measures of a thing on a CPU (NO_CPU: of the thing wherever). The name, if there is one, is
 * a kernel string that is read when the thing is first seen.
 */
static __always_inline struct subject_measures *subject_measures_of(enum subject kind, u64 id,
								    u32 cpu, const char *name)
{
	return subject_measures_at(subject_index_of(kind, id, cpu), name);
}

static __always_inline void subject_count(u64 *counter, u64 by)
{
	__sync_fetch_and_add(counter, by);
}

static __always_inline void subject_add(struct histogram *histogram, u64 value_ns)
{
	__sync_fetch_and_add(&histogram->total_ns, value_ns);
	histogram_bin(histogram, value_ns);
}

#endif
