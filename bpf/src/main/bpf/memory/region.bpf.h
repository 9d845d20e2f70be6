/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What an address of the target belongs to. */
#ifndef LATENCYSCOPE_MEMORY_REGION_H
#define LATENCYSCOPE_MEMORY_REGION_H

#include "layout.h"

#define MAX_RANGES 1024 /* a power of two */
#define PAGE_SHIFT 12

struct address_range {
	u64 begin;
	u64 end;
	enum memory_region region;
	u32 reserved;
};

const struct address_range *__address_range __attribute__((unused));

/*
 * What the target's runtime says of its memory: disjoint, ascending. User space fills one of the
 * two tables while programs read the other.
 */
struct address_range ranges[2][MAX_RANGES] SEC(".bss");
volatile u32 range_count[2] SEC(".bss");
volatile u32 range_table SEC(".bss");
/* A mapping was found to be of another use than the table says; user space sets it to 0. */
volatile u32 ranges_are_stale SEC(".bss");

struct place {
	struct mapped_file file;
	u64 file_offset;
	u64 address;
	enum memory_region region;
	/* The mapping around it, if it was looked at; else empty. */
	u64 begin;
	u64 end;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seqcount___mappings {
	unsigned int sequence;
};

/* Since 6.14 (eb449bd96954); with locks of single mappings, as x86 has them. */
struct mm_struct___mappings {
	struct seqcount___mappings mm_lock_seq;
};

#pragma clang attribute pop

/*
 * The mapping that was looked at last on this CPU. It is that of an address inside of it for as
 * long as nobody has changed any mapping of the process: faults come in bursts, and a look takes
 * ten times as long as the rest of a fault's account.
 */
struct known_mapping {
	u64 mm; /* 0: none */
	u64 begin;
	u64 end;
	u64 changes;
	struct mapped_file file;
	u64 file_offset; /* of its begin */
	enum memory_region region;
	u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct known_mapping);
} ls_known_mapping SEC(".maps");

/* Odd while a thread is changing mappings, and where the kernel does not count that. */
static __always_inline u64 mapping_changes(struct mm_struct *mm)
{
	if (!bpf_core_field_exists(struct mm_struct___mappings, mm_lock_seq.sequence))
		return 1;
	return BPF_CORE_READ((struct mm_struct___mappings *)mm, mm_lock_seq.sequence);
}

/* Without branches, which the verifier would follow 2^10 ways. Addresses are below 2^63. */
static __always_inline enum memory_region known_region(u64 address)
{
	u32 table = range_table & 1;
	u64 count = range_count[table];
	struct address_range *range;
	u64 below = 0; /* ranges that begin at the address or before it */

#pragma unroll
	for (u64 step = MAX_RANGES / 2; step; step /= 2) {
		u64 next = below + step;
		u64 begin = ranges[table][(next - 1) & (MAX_RANGES - 1)].begin;
		u64 begins_below = (begin - address - 1) >> 63;
		u64 is_in_table = ~(count - next) >> 63;

		below += step * (begins_below & is_in_table);
		barrier_var(below);
	}
	if (!below)
		return REGION_UNKNOWN;
	range = &ranges[table][(below - 1) & (MAX_RANGES - 1)];
	return address < range->end ? range->region : REGION_UNKNOWN;
}

/* include/uapi/linux/magic.h */
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define FUSE_SUPER_MAGIC      0x65735546

/*
 * fs/file_table.c: a file that stands behind one of overlayfs (since 6.5, 62d53c4a1dfe) has this
 * since 6.7 (def3ae83da02).
 */
const volatile s64 member_offset_backing_file__user_path = NO_MEMBER;

/*
 * The inode that /proc/PID/maps names, as file_user_inode in the kernel. Of a file of overlayfs, as
 * a container's are, another is mapped that stands behind it. The bit that marks such a one has
 * moved between kernels; so it is looked at as if it were one, and believed if what that leads to
 * is of a file system that has such files.
 */
static __always_inline struct inode *user_inode_of(struct file *file)
{
	struct inode *inode;
	struct path *path;
	u64 magic;

	if (member_offset_backing_file__user_path >= 0) {
		path = (void *)((u64)file + member_offset_backing_file__user_path);
		inode = BPF_CORE_READ(path, dentry, d_inode);
		magic = BPF_CORE_READ(inode, i_sb, s_magic);
		if (magic == OVERLAYFS_SUPER_MAGIC || magic == FUSE_SUPER_MAGIC)
			return inode;
	}
	return BPF_CORE_READ(file, f_inode);
}

/* Called by the kernel with the lock held that keeps the mapping as it is. */
static long look_at_mapping(struct task_struct *task, struct vm_area_struct *vma,
			    struct place *place)
{
	struct file *file = vma->vm_file;

	if (file) {
		place->region = REGION_MAPPED_FILE;
		struct inode *inode = user_inode_of(file);

		place->file.inode = BPF_CORE_READ(inode, i_ino);
		place->file.device = BPF_CORE_READ(inode, i_sb, s_dev);
		place->file_offset = (vma->vm_pgoff << PAGE_SHIFT) + place->address - vma->vm_start;
		place->begin = vma->vm_start;
		place->end = vma->vm_end;
		return 0;
	}
	/* Of the threads but the first, the table alone knows the stacks. */
	if (place->region == REGION_THREAD_STACK)
		return 0;
	u64 stack = BPF_CORE_READ(vma, vm_mm, start_stack);

	place->region = stack >= vma->vm_start && stack < vma->vm_end ? REGION_THREAD_STACK
								      : REGION_ANONYMOUS;
	place->begin = vma->vm_start;
	place->end = vma->vm_end;
	return 0;
}

/* Whether the place is in the mapping that was looked at last, which is still the same. */
static __always_inline bool is_known(struct known_mapping *known, u64 mm, u64 changes,
				     struct place *place)
{
	if (known->mm != mm || known->changes != changes || place->address < known->begin ||
	    place->address >= known->end)
		return false;
	if (place->region == REGION_THREAD_STACK && !known->file.inode)
		return true;
	place->region = known->region;
	place->file = known->file;
	if (known->file.inode)
		place->file_offset = known->file_offset + place->address - known->begin;
	return true;
}

static __always_inline void remember_mapping(struct known_mapping *known, u64 mm, u64 changes,
					     struct place *place)
{
	known->mm = mm;
	known->changes = changes;
	known->begin = place->begin;
	known->end = place->end;
	known->region = place->region;
	known->file = place->file;
	known->file_offset = place->file_offset - (place->address - place->begin);
}

/*
 * Asks the mapping itself: the table may be older than it, and does not tell which file it is. What
 * the JVM reserves stays what it is. On a virtual machine this takes 3.5 us, twenty times what all
 * the rest of a fault's account does: so it is for what is slow or sent, and of what is only
 * counted for addresses that the table does not know, or while it is known to be old.
 */
static __always_inline void complete_place(struct task_struct *task, struct place *place)
{
	u32 zero = 0;
	struct known_mapping *known;
	struct mm_struct *mm;
	u64 changes;

	if (place->region == REGION_JAVA_HEAP || place->region == REGION_CODE_CACHE ||
	    place->region == REGION_METASPACE)
		return;
	known = bpf_map_lookup_elem(&ls_known_mapping, &zero);
	mm = task_read(task, mm);
	if (!known || !mm)
		return;
	/* After the fault: what was the same until now was so then. */
	changes = mapping_changes(mm);
	if (!(changes & 1) && is_known(known, (u64)mm, changes, place))
		return;
	bpf_find_vma(task, place->address, look_at_mapping, place, 0);
	if (!(changes & 1) && place->end && mapping_changes(mm) == changes)
		remember_mapping(known, (u64)mm, changes, place);
}

#endif
