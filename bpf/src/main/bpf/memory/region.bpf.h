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
};

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
		return 0;
	}
	/* Of the threads but the first, the table alone knows the stacks. */
	if (place->region == REGION_THREAD_STACK)
		return 0;
	u64 stack = BPF_CORE_READ(vma, vm_mm, start_stack);

	place->region = stack >= vma->vm_start && stack < vma->vm_end ? REGION_THREAD_STACK
								      : REGION_ANONYMOUS;
	return 0;
}

/*
 * Asks the mapping itself: the table may be older than it, and does not tell which file it is. What
 * the JVM reserves stays what it is. On a virtual machine this takes 3.5 us, twenty times what all
 * the rest of a fault's account does: so it is for what is slow or sent, and of what is only
 * counted for addresses that the table does not know, or while it is known to be old.
 */
static __always_inline void complete_place(struct task_struct *task, struct place *place)
{
	if (place->region != REGION_JAVA_HEAP && place->region != REGION_CODE_CACHE &&
	    place->region != REGION_METASPACE)
		bpf_find_vma(task, place->address, look_at_mapping, place, 0);
}

#endif
