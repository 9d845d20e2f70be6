/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How a program calls the kernel: where its arguments are, and the numbers of the calls that are
 * told apart here. Sources: arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h.
 *
 * Only calls of 64-bit programs are looked at. The others have numbers and structures of their own,
 * and no JVM that runs this tool's agent makes them.
 */
#ifndef LATENCYSCOPE_SYSCALL_ABI_H
#define LATENCYSCOPE_SYSCALL_ABI_H

#include "../kernel.h"

#define NO_SUCH_CALL 0xffffffff /* this architecture never had it */

#if defined(__TARGET_ARCH_x86)
#define CALL_NUMBER(x86, generic) x86
#define CALL_INSTRUCTION_BYTES	  2
#define TS_COMPAT		  0x0002

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	unsigned long r10, r9, r8, dx, si, di, ip, sp;
};

struct thread_info___x86 {
	u32 status;
};

struct task_struct___x86 {
	struct thread_info___x86 thread_info;
};
#pragma clang attribute pop

static __always_inline bool calls_as_32_bit(struct task_struct *task)
{
	return task_read((struct task_struct___x86 *)task, thread_info.status) & TS_COMPAT;
}

static __always_inline u64 instruction_pointer(struct pt_regs *regs)
{
	return regs->ip;
}

static __always_inline u64 stack_pointer(struct pt_regs *regs)
{
	return regs->sp;
}

static __always_inline u64 first_argument(struct pt_regs *regs)
{
	return regs->di;
}

static __always_inline u64 second_argument(struct pt_regs *regs)
{
	return regs->si;
}

static __always_inline u64 third_argument(struct pt_regs *regs)
{
	return regs->dx;
}

static __always_inline u64 fourth_argument(struct pt_regs *regs)
{
	return regs->r10;
}

static __always_inline u64 fifth_argument(struct pt_regs *regs)
{
	return regs->r8;
}

static __always_inline u64 sixth_argument(struct pt_regs *regs)
{
	return regs->r9;
}

#elif defined(__TARGET_ARCH_arm64)
#define CALL_NUMBER(x86, generic) generic
#define CALL_INSTRUCTION_BYTES	  4
#define TIF_32BIT		  22

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 orig_x0; /* the first argument: regs[0] becomes the result */
};

struct thread_info___arm64 {
	unsigned long flags;
};

struct task_struct___arm64 {
	struct thread_info___arm64 thread_info;
};
#pragma clang attribute pop

static __always_inline bool calls_as_32_bit(struct task_struct *task)
{
	return task_read((struct task_struct___arm64 *)task, thread_info.flags) >> TIF_32BIT & 1;
}

static __always_inline u64 instruction_pointer(struct pt_regs *regs)
{
	return regs->pc;
}

static __always_inline u64 stack_pointer(struct pt_regs *regs)
{
	return regs->sp;
}

static __always_inline u64 first_argument(struct pt_regs *regs)
{
	return regs->orig_x0;
}

static __always_inline u64 second_argument(struct pt_regs *regs)
{
	return regs->regs[1];
}

static __always_inline u64 third_argument(struct pt_regs *regs)
{
	return regs->regs[2];
}

static __always_inline u64 fourth_argument(struct pt_regs *regs)
{
	return regs->regs[3];
}

static __always_inline u64 fifth_argument(struct pt_regs *regs)
{
	return regs->regs[4];
}

static __always_inline u64 sixth_argument(struct pt_regs *regs)
{
	return regs->regs[5];
}
#else
#error "no table of system calls for this architecture"
#endif

#define SYS_NANOSLEEP	    CALL_NUMBER(35, 101)
#define SYS_CLOCK_NANOSLEEP CALL_NUMBER(230, 115)
#define SYS_POLL	    CALL_NUMBER(7, NO_SUCH_CALL)
#define SYS_PPOLL	    CALL_NUMBER(271, 73)
#define SYS_SELECT	    CALL_NUMBER(23, NO_SUCH_CALL)
#define SYS_PSELECT6	    CALL_NUMBER(270, 72)
#define SYS_FUTEX	    CALL_NUMBER(202, 98)
#define SYS_FUTEX_WAITV	    449
#define SYS_FUTEX_WAIT	    455 /* since 6.7 (cb8c4312afca) */
#define SYS_RESTART_SYSCALL CALL_NUMBER(219, 128)
#define SYS_RT_SIGRETURN    CALL_NUMBER(15, 139)

/* Calls whose first argument is a file descriptor that they may wait for. */
static __always_inline bool takes_descriptor(u32 number)
{
	switch (number) {
	case CALL_NUMBER(0, 63):    /* read */
	case CALL_NUMBER(1, 64):    /* write */
	case CALL_NUMBER(3, 57):    /* close */
	case CALL_NUMBER(16, 29):   /* ioctl */
	case CALL_NUMBER(17, 67):   /* pread64 */
	case CALL_NUMBER(18, 68):   /* pwrite64 */
	case CALL_NUMBER(19, 65):   /* readv */
	case CALL_NUMBER(20, 66):   /* writev */
	case CALL_NUMBER(40, 71):   /* sendfile */
	case CALL_NUMBER(42, 203):  /* connect */
	case CALL_NUMBER(43, 202):  /* accept */
	case CALL_NUMBER(44, 206):  /* sendto */
	case CALL_NUMBER(45, 207):  /* recvfrom */
	case CALL_NUMBER(46, 211):  /* sendmsg */
	case CALL_NUMBER(47, 212):  /* recvmsg */
	case CALL_NUMBER(72, 25):   /* fcntl */
	case CALL_NUMBER(73, 32):   /* flock */
	case CALL_NUMBER(74, 82):   /* fsync */
	case CALL_NUMBER(75, 83):   /* fdatasync */
	case CALL_NUMBER(77, 46):   /* ftruncate */
	case CALL_NUMBER(217, 61):  /* getdents64 */
	case CALL_NUMBER(275, 76):  /* splice */
	case CALL_NUMBER(277, 84):  /* sync_file_range */
	case CALL_NUMBER(281, 22):  /* epoll_pwait */
	case CALL_NUMBER(285, 47):  /* fallocate */
	case CALL_NUMBER(288, 242): /* accept4 */
	case CALL_NUMBER(295, 69):  /* preadv */
	case CALL_NUMBER(296, 70):  /* pwritev */
	case CALL_NUMBER(299, 243): /* recvmmsg */
	case CALL_NUMBER(306, 267): /* syncfs */
	case CALL_NUMBER(307, 269): /* sendmmsg */
	case CALL_NUMBER(326, 285): /* copy_file_range */
	case CALL_NUMBER(327, 286): /* preadv2 */
	case CALL_NUMBER(328, 287): /* pwritev2 */
	case 426:		    /* io_uring_enter */
	case 441:		    /* epoll_pwait2 */
		return true;
	default:
		/* The generic table never had epoll_wait; its 232 is mincore. */
		return CALL_NUMBER(number == 232, false);
	}
}

#endif
