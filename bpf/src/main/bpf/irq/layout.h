/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the irq module sends, remembers and counts. */
#ifndef LATENCYSCOPE_IRQ_LAYOUT_H
#define LATENCYSCOPE_IRQ_LAYOUT_H

#include "../kernel.h"

enum record {
	RECORD_HARD_IRQ,
	RECORD_SOFT_IRQ,
	RECORD_LOCAL_INTERRUPT,
};

enum subject {
	SUBJECT_LINE,	/* a device's interrupt line; its number */
	SUBJECT_VECTOR, /* a softirq vector; its number */
	SUBJECT_LOCAL,	/* an interrupt of the CPU's own; enum local_vector */
};

#include "../histogram.bpf.h"
#include "../record.bpf.h"

enum local_vector {
	VECTOR_LOCAL_TIMER,
	VECTOR_RESCHEDULE,
	VECTOR_CALL_FUNCTION,
	VECTOR_CALL_FUNCTION_SINGLE,
	VECTOR_IRQ_WORK,
	VECTOR_THERMAL,
	VECTOR_THRESHOLD,
	VECTOR_DEFERRED_ERROR,
	VECTOR_ERROR,
	VECTOR_SPURIOUS,
	VECTOR_PLATFORM_IPI,
	VECTOR_NMI,
};

/* On whose behalf a softirq runs. */
enum softirq_context {
	CONTEXT_INTERRUPT, /* raised by an interrupt: whoever runs is made to wait */
	CONTEXT_OWN_CALL,  /* raised by a system call of the thread that it runs on */
	CONTEXT_KSOFTIRQD, /* in the kernel's thread for it, which the scheduler accounts for */
};

struct hard_irq {
	struct record_header header;
	struct kernel_symbol handler;
	u64 net_ns;
	u32 irq;
	u32 interrupted_tid;
	char device[TASK_COMM_LEN];
	char interrupted[TASK_COMM_LEN];
};

struct soft_irq {
	struct record_header header;
	struct kernel_symbol function;
	u64 function_time_ns;
	u64 net_ns;
	enum softirq_context context;
	u32 interrupted_tid;
	char vector[TASK_COMM_LEN];
	char interrupted[TASK_COMM_LEN];
};

struct local_interrupt {
	struct record_header header;
	struct kernel_symbol function;
	u64 function_time_ns;
	u64 net_ns;
	enum local_vector vector;
	u32 interrupted_tid;
	char interrupted[TASK_COMM_LEN];
};

const struct hard_irq *__record_hard_irq __attribute__((unused));
const struct soft_irq *__record_soft_irq __attribute__((unused));
const struct local_interrupt *__record_local_interrupt __attribute__((unused));

struct subject_measures {
	/* Of a line that devices share: runs of handlers that were not its first in an interrupt.
	 */
	u64 handlers_further;
	/* Interrupts whose thread could not be given its share: its storage was in use just then.
	 */
	u64 unattributed;
	/* Without what other interrupts took meanwhile. */
	struct histogram net_time;
};

struct thread_state {
	u64 unused; /* storage is there for its slot alone */
};

struct thread_measures {
	/* All without what other interrupts took meanwhile: they add up. */
	struct histogram stolen_hard_irq;
	struct histogram stolen_softirq;
	struct histogram stolen_local;
	struct histogram stolen_nmi;
	/* Not stolen: the thread's own system calls brought it about. */
	struct histogram softirq_own_call;
};

#include "../threads.bpf.h"
#include "../subjects.bpf.h"

#endif
