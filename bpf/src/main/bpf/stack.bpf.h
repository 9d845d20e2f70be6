/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Where a thread was in its program: its registers and a copy of the top of its stack, for user
 * space to unwind. HotSpot's frames need no frame pointers, but the sizes that the code cache
 * knows; the kernel's own stack traces follow frame pointers alone.
 *
 * Taken only of what is kept as an event, and by each CPU of no more than a number in a second. A
 * module includes this after its threads.bpf.h, and its records have a struct copied_stack stack.
 */
#ifndef LATENCYSCOPE_STACK_BPF_H
#define LATENCYSCOPE_STACK_BPF_H

#include "kernel.h"
#include "threads.bpf.h"

#define STACK_PIECE	   512
#define STACK_PIECES	   8
#define STACKS_EACH_PERIOD 128
#define STACK_PERIOD_NS	   500000000ULL

/* What HotSpot notes when a thread leaves Java: JavaFrameAnchor. */
struct java_anchor {
	u64 sp; /* 0: the thread runs Java code */
	u64 pc;
	u64 fp;
};

struct stack_copy {
	u64 id;
	u64 pc;
	u64 sp;
	u64 fp;
	u64 bcp; /* register r13, in which the interpreter keeps its bytecode's address */
	struct java_anchor java;
	u64 from;  /* address of the first byte that was copied */
	u64 bytes; /* that were copied */
	u8 memory[STACK_PIECES * STACK_PIECE];
};

const struct stack_copy *__stack_copy __attribute__((unused));

#define STACKS_BYTES (2 << 20)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, STACKS_BYTES);
} ls_stacks SEC(".maps");

struct stack_allowance {
	u64 since_ns;
	u64 taken;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct stack_allowance);
} ls_stack_allowance SEC(".maps");

/* Set by user space if it can unwind: where a JavaThread's anchor is. 0: no stacks are taken. */
volatile u32 anchor_offset SEC(".bss");

#if defined(__TARGET_ARCH_x86)
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs___stack {
	unsigned long r13, bp, ip, sp;
};
#pragma clang attribute pop

enum bpf_func_id___stack {
	BPF_FUNC_task_pt_regs___stack = 175, /* since 5.15 (dd6e10fbd9fb) */
};

static __always_inline bool may_take_stacks(void)
{
	return may_follow_current() &&
	       bpf_core_enum_value_exists(enum bpf_func_id___stack, BPF_FUNC_task_pt_regs___stack);
}

static __always_inline bool is_allowed_now(u64 now)
{
	u32 zero = 0;
	struct stack_allowance *allowance = bpf_map_lookup_elem(&ls_stack_allowance, &zero);

	if (!allowance)
		return false;
	if (now - allowance->since_ns > STACK_PERIOD_NS) {
		allowance->since_ns = now;
		allowance->taken = 0;
	}
	return allowance->taken++ < STACKS_EACH_PERIOD;
}

static __noinline u64 copy_stack(u64 java_thread)
{
	struct stack_copy *copy = NULL;
	u64 now = bpf_ktime_get_ns();
	struct pt_regs___stack *regs;
	u64 id = now << 6 | (bpf_get_smp_processor_id() & 63);

	if (is_allowed_now(now))
		copy = bpf_ringbuf_reserve(&ls_stacks, sizeof(*copy), 0);
	if (!copy)
		return 0;
	regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	copy->id = id;
	copy->pc = regs->ip;
	copy->sp = regs->sp;
	copy->fp = regs->bp;
	copy->bcp = regs->r13;
	if (bpf_probe_read_user(&copy->java, sizeof(copy->java),
				(void *)(java_thread + anchor_offset)))
		__builtin_memset(&copy->java, 0, sizeof(copy->java));
	/* The word below a frame's stack pointer is where it will return to. */
	copy->from = copy->java.sp ? copy->java.sp - sizeof(u64) : copy->sp;
	copy->bytes = 0;
#pragma unroll
	for (u32 piece = 0; piece < STACK_PIECES; piece++) {
		if (bpf_probe_read_user(&copy->memory[piece * STACK_PIECE], STACK_PIECE,
					(void *)(copy->from + piece * STACK_PIECE)))
			break;
		copy->bytes += STACK_PIECE;
	}
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
	if (bpf_ringbuf_query(&ls_stacks, BPF_RB_AVAIL_DATA) > STACKS_BYTES / 2)
		wake_reader();
	return id;
}

/*
 * Number of a copy of the running thread's stack, to be put into its record; 0 if there is none. Of
 * threads that are not known to be Java's there is none: nothing could be found on it.
 */
static __always_inline u64 take_stack(struct thread_slot *slot)
{
	if (!may_take_stacks() || !anchor_offset || !slot->java_thread)
		return 0;
	return copy_stack(slot->java_thread);
}
#else
/* HotSpot's frames have another shape there, which user space does not know. */
static __always_inline u64 take_stack(struct thread_slot *slot)
{
	return 0;
}
#endif

#endif
