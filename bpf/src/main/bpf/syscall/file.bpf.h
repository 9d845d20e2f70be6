/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What kind of file a thread waited for. */
#ifndef LATENCYSCOPE_SYSCALL_FILE_H
#define LATENCYSCOPE_SYSCALL_FILE_H

#include "layout.h"

/* include/uapi/linux/stat.h */
#define S_IFMT	 0xf000
#define S_IFIFO	 0x1000
#define S_IFCHR	 0x2000
#define S_IFDIR	 0x4000
#define S_IFBLK	 0x6000
#define S_IFREG	 0x8000
#define S_IFSOCK 0xc000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct___files {
	struct files_struct *files;
};

#pragma clang attribute pop

/* As of now: another thread may have closed it and opened another, as in any look at a number. */
static __always_inline enum file_kind file_kind_of(struct task_struct *task, s32 descriptor)
{
	struct fdtable *table = BPF_CORE_READ((struct task_struct___files *)task, files, fdt);
	struct file *file = NULL;
	struct file **files;

	if (descriptor < 0 || (u32)descriptor >= BPF_CORE_READ(table, max_fds))
		return FILE_NONE;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), &files[descriptor]);
	if (!file)
		return FILE_NONE;
	switch (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) {
	case S_IFREG:
		return FILE_REGULAR;
	case S_IFDIR:
		return FILE_DIRECTORY;
	case S_IFSOCK:
		return FILE_SOCKET;
	case S_IFIFO:
		return FILE_PIPE;
	case S_IFCHR:
	case S_IFBLK:
		return FILE_DEVICE;
	default:
		return FILE_ANONYMOUS;
	}
}

#endif
