/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The interrupts that are open on a CPU, innermost last. Each is charged with its own time only:
 * what an interrupt takes is added to the nested time of the one that it interrupted.
 *
 * Hard interrupts run with interrupts off, so only NMIs come in between. A softirq runs with them
 * on: a hard interrupt may come at any place of the softirq's programs here. It leaves the depth as
 * it was and may have added to nested_ns, which is what the order of the stores below is about.
 */
#ifndef LATENCYSCOPE_IRQ_NESTING_H
#define LATENCYSCOPE_IRQ_NESTING_H

#include "layout.h"

#define DEEPEST                                                                                    \
	8 /* a softirq, a hard interrupt, and what a handler may demultiplex; a power of 2 */
#define MAX_SOFTIRQS	  16 /* there are 10; a power of 2 */
#define MAX_LOCAL_VECTORS 16 /* there are 12; a power of 2 */

struct open_interrupt {
	u64 start_ns;
	volatile u64 nested_ns;
	u32 kind; /* enum subject */
	u32 id;
	enum softirq_context context;
	u32 reserved;
	/* What is being run on its behalf, since when, and what was nested when it began. */
	u64 function;
	u64 function_start_ns;
	u64 function_nested_ns;
	u64 longest_function;
	u64 longest_ns;
};

/* A softirq that was raised and has not begun to run. */
struct raise {
	u32 pending;
	u32 by_tid; /* 0: an interrupt */
};

struct cpu_interrupts {
	volatile u64 depth;
	struct open_interrupt open[DEEPEST];
	struct raise raised[MAX_SOFTIRQS];
	u64 last_raiser; /* of the softirq that ran last: its tid, or 0 */
	/* Next handler of a shared line, which belongs to the same interrupt. */
	u64 next_action;
	/* Who was interrupted last: its address, its slot, and how many threads had ended then. */
	volatile u64 victim;
	volatile u64 victim_slot;
	volatile u64 victim_seen;
	/* What vectors and the CPU's own interrupts are numbered among the subjects; 0: not yet. */
	u32 vector_subjects[MAX_SOFTIRQS];
	u32 local_subjects[MAX_LOCAL_VECTORS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct cpu_interrupts);
} ls_interrupts SEC(".maps");

/* What an interrupt took, from first to last, and without what others took meanwhile. */
struct span {
	u64 start_ns;
	u64 gross_ns;
	u64 net_ns;
};

/*
 * The verifier of Linux 5.10 wants to see the index bounded right where it is used: the barrier
 * keeps the compiler from leaving that out where it knows it to be so.
 */
static __always_inline struct open_interrupt *open_at(struct cpu_interrupts *cpu, u64 level)
{
	barrier_var(level);
	level &= DEEPEST - 1;
	return &cpu->open[level];
}

static __always_inline struct cpu_interrupts *this_cpu_interrupts(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_interrupts, &zero);
}

/* The innermost open interrupt, or NULL. */
static __always_inline struct open_interrupt *innermost(struct cpu_interrupts *cpu)
{
	u64 depth = cpu->depth;

	return depth && depth <= DEEPEST ? open_at(cpu, depth - 1) : NULL;
}

/*
 * An interrupt begins. Of one kind, what is open below is a leftover: its end was not seen, as when
 * the capture began in its midst, and it is given up. Kinds nest in the order of their numbers
 * here, the softirq outermost; hard interrupts in each other only where a handler demultiplexes.
 */
static __always_inline struct open_interrupt *begin_interrupt(struct cpu_interrupts *cpu, u32 kind,
							      u32 id)
{
	struct open_interrupt *open;
	u64 depth = cpu->depth;

	if (kind == SUBJECT_VECTOR || depth >= DEEPEST)
		depth = 0;
	open = depth ? open_at(cpu, depth - 1) : NULL;
	if (open && open->kind == kind && open->id == id)
		depth--;
	open = open_at(cpu, depth);
	/* First make it ours, so that a hard interrupt from here on goes above it. */
	cpu->depth = depth + 1;
	open->kind = kind;
	open->id = id;
	open->context = CONTEXT_INTERRUPT;
	open->function = 0;
	open->longest_function = 0;
	open->longest_ns = 0;
	return open;
}

/* To be called last, so that what our programs take is not measured with it. */
static __always_inline void start_clock(struct open_interrupt *open)
{
	open->nested_ns = 0;
	open->start_ns = bpf_ktime_get_ns();
	if (open->nested_ns) {
		/* A hard interrupt came in between: it was before the start. */
		open->nested_ns = 0;
		open->start_ns = bpf_ktime_get_ns();
	}
}

/* The time at which all that was nested so far was over. */
static __always_inline u64 stop_clock(struct open_interrupt *open, u64 *nested_ns)
{
	u64 now;

	*nested_ns = open->nested_ns;
	now = bpf_ktime_get_ns();
	if (*nested_ns != open->nested_ns) {
		*nested_ns = open->nested_ns;
		now = bpf_ktime_get_ns();
	}
	return now;
}

static __always_inline void end_function(struct open_interrupt *open, u64 now, u64 nested_ns)
{
	u64 took;

	if (!open->function)
		return;
	took = now - open->function_start_ns - (nested_ns - open->function_nested_ns);
	if ((s64)took > (s64)open->longest_ns) {
		open->longest_ns = took;
		open->longest_function = open->function;
	}
}

/* The innermost interrupt begins to run this; whatever it ran before is over. */
static __always_inline int run_function(u64 function)
{
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open = cpu ? innermost(cpu) : NULL;
	u64 nested_ns, now;

	if (!open)
		return 0;
	now = stop_clock(open, &nested_ns);
	end_function(open, now, nested_ns);
	open->function = function;
	open->function_start_ns = now;
	open->function_nested_ns = nested_ns;
	return 0;
}

/* Time that somebody else took away from whatever is open. */
static __always_inline void charge_nested(struct cpu_interrupts *cpu, u64 ns)
{
	struct open_interrupt *outer = innermost(cpu);

	if (outer)
		outer->nested_ns += ns;
}

/*
 * An interrupt ends; NULL if its begin was not seen. What it returns is valid until an interrupt
 * begins on this CPU: for a softirq that may be at once, so the caller reads it before it pops.
 */
static __always_inline struct open_interrupt *end_interrupt(struct cpu_interrupts *cpu, u32 kind,
							    u32 id, struct span *span)
{
	struct open_interrupt *open = innermost(cpu);
	u64 nested_ns, now;

	if (!open || open->kind != kind || open->id != id) {
		/* Its own begin, or the end of one above it, was not seen: start afresh. */
		cpu->depth = 0;
		return NULL;
	}
	now = stop_clock(open, &nested_ns);
	end_function(open, now, nested_ns);
	span->start_ns = open->start_ns;
	span->gross_ns = now - open->start_ns;
	span->net_ns = span->gross_ns > nested_ns ? span->gross_ns - nested_ns : 0;
	return open;
}

/* Takes the innermost away and charges the one that it interrupted. */
static __always_inline void pop_interrupt(struct cpu_interrupts *cpu, struct span *span)
{
	cpu->depth--;
	charge_nested(cpu, span->gross_ns);
}

#endif
