// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * irq: what interrupts took, by device line, softirq vector and interrupt of the CPU's own, and
 * from whom they took it.
 *
 * Every occurrence on every CPU that is recorded is counted for its cause and, if a thread of the
 * target was interrupted, for that thread; records are sent of those that hit a thread of the
 * target or a CPU that is monitored, above the threshold.
 *
 * An interrupt is measured from its first tracepoint to its last. What lies outside of them, the
 * CPU's way in and out and the acknowledgement by the interrupt controller, is not in it.
 *
 * The ends come before the begins: programs are attached in the order of the object, and an end
 * without a begin is ignored where a begin without an end would be open until the next softirq.
 */
#include "irq/layout.h"
#include "irq/nesting.bpf.h"
#include "irq/context.bpf.h"
#include "irq/account.bpf.h"
#include "symbols.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define SOFTIRQS      10
#define LOCAL_VECTORS (VECTOR_NMI + 1)

/* As /proc/softirqs names them. */
static const char softirq_names[SOFTIRQS][TASK_COMM_LEN] = {
	"HI",	    "TIMER",   "NET_TX", "NET_RX",  "BLOCK",
	"IRQ_POLL", "TASKLET", "SCHED",	 "HRTIMER", "RCU",
};

/* As enum local_vector has them. */
static const char local_names[LOCAL_VECTORS][SUBJECT_NAME_LEN] = {
	"local-timer", "reschedule", "call-function", "call-function-single",
	"irq-work",    "thermal",    "threshold",     "deferred-error",
	"error",       "spurious",   "platform-ipi",  "nmi",
};

/* First: whom interrupts hit is remembered until a thread ends. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(ls_sched_process_exit, struct task_struct *task)
{
	struct thread_slot *slot;

	if (ending_thread(task, &slot))
		thread_ended(task, slot);
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(ls_irq_handler_exit, int irq, struct irqaction *action)
{
	u32 this_cpu = bpf_get_smp_processor_id();
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open;
	struct victim victim;
	struct hard_irq *record;
	struct span span;
	bool further;

	open = cpu ? end_interrupt(cpu, SUBJECT_LINE, irq, &span) : NULL;
	if (!open)
		return 0;
	further = cpu->next_action == (u64)action;
	cpu->next_action = (u64)action->next;
	if (is_recorded(this_cpu)) {
		count_interrupt(cpu, SUBJECT_LINE, irq, this_cpu, action->name, NULL, span.net_ns,
				further, &victim);
		if (victim.slot)
			histogram_add(&victim.slot->measures.stolen_hard_irq, span.net_ns);
		record = is_told(&victim, RECORD_HARD_IRQ, this_cpu, span.gross_ns)
				 ? reserve_record(RECORD_HARD_IRQ, sizeof(*record))
				 : NULL;
		if (record) {
			fill_interrupt_header(&record->header, RECORD_HARD_IRQ, &victim, this_cpu,
					      &span);
			fill_interrupted(record->interrupted, &record->interrupted_tid,
					 victim.task);
			record->handler.address = (u64)action->handler;
			record->net_ns = span.net_ns;
			record->irq = irq;
			__builtin_memset(record->device, 0, sizeof(record->device));
			bpf_probe_read_kernel_str(record->device, sizeof(record->device),
						  action->name);
			submit_record(record, RECORD_HARD_IRQ);
		}
	}
	pop_interrupt(cpu, &span);
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(ls_irq_handler_entry, int irq, struct irqaction *action)
{
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open;

	if (!cpu)
		return 0;
	if (cpu->next_action != (u64)action)
		cpu->next_action = 0;
	open = begin_interrupt(cpu, SUBJECT_LINE, irq);
	start_clock(open);
	return 0;
}

static __always_inline void send_softirq(struct open_interrupt *open, struct victim *victim,
					 u32 vector, u32 cpu, struct span *span)
{
	struct soft_irq *record;

	if (!is_told(victim, RECORD_SOFT_IRQ, cpu, span->gross_ns))
		return;
	record = reserve_record(RECORD_SOFT_IRQ, sizeof(*record));
	if (!record)
		return;
	fill_interrupt_header(&record->header, RECORD_SOFT_IRQ, victim, cpu, span);
	fill_interrupted(record->interrupted, &record->interrupted_tid, victim->task);
	record->function.address = open->longest_function;
	record->function_time_ns = open->longest_ns;
	record->net_ns = span->net_ns;
	record->context = open->context;
	__builtin_memcpy(record->vector, softirq_names[vector], TASK_COMM_LEN);
	submit_record(record, RECORD_SOFT_IRQ);
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(ls_softirq_exit, unsigned int vector)
{
	u32 this_cpu = bpf_get_smp_processor_id();
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open;
	struct victim victim;
	struct span span;

	open = cpu && vector < SOFTIRQS ? end_interrupt(cpu, SUBJECT_VECTOR, vector, &span) : NULL;
	if (!open)
		return 0;
	if (is_recorded(this_cpu)) {
		count_interrupt(cpu, SUBJECT_VECTOR, vector, this_cpu, softirq_names[vector],
				&cpu->vector_subjects[vector & (MAX_SOFTIRQS - 1)], span.net_ns,
				false, &victim);
		if (victim.slot && open->context == CONTEXT_OWN_CALL)
			histogram_add(&victim.slot->measures.softirq_own_call, span.net_ns);
		else if (victim.slot)
			histogram_add(&victim.slot->measures.stolen_softirq, span.net_ns);
		send_softirq(open, &victim, vector, this_cpu, &span);
	}
	pop_interrupt(cpu, &span);
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(ls_softirq_entry, unsigned int vector)
{
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	enum softirq_context context;
	struct open_interrupt *open;

	if (!cpu)
		return 0;
	context = context_now(cpu, vector);
	open = begin_interrupt(cpu, SUBJECT_VECTOR, vector);
	open->context = context;
	start_clock(open);
	return 0;
}

/* Timers of softirq TIMER, high-resolution ones, tasklets, and functions that other CPUs ask for.
 */

SEC("tp_btf/timer_expire_entry")
int BPF_PROG(ls_timer_expire_entry, struct timer_list *timer)
{
	return run_function((u64)timer->function);
}

SEC("tp_btf/hrtimer_expire_entry")
int BPF_PROG(ls_hrtimer_expire_entry, struct hrtimer *timer)
{
	return run_function((u64)timer->function);
}

SEC("?tp_btf/tasklet_entry")
int BPF_PROG(ls_tasklet_entry, void *tasklet, void *function)
{
	return run_function((u64)function);
}

SEC("?tp_btf/csd_function_entry")
int BPF_PROG(ls_csd_function_entry, void *function, struct __call_single_data *call)
{
	/* The verifier does not let a pointer to a function be read from the tracepoint itself. */
	return call ? run_function((u64)call->func) : 0;
}

static __always_inline void send_local(struct victim *victim, enum local_vector vector, u32 cpu,
				       struct span *span, u64 function, u64 function_ns)
{
	struct local_interrupt *record;

	if (!is_told(victim, RECORD_LOCAL_INTERRUPT, cpu, span->gross_ns))
		return;
	record = reserve_record(RECORD_LOCAL_INTERRUPT, sizeof(*record));
	if (!record)
		return;
	fill_interrupt_header(&record->header, RECORD_LOCAL_INTERRUPT, victim, cpu, span);
	fill_interrupted(record->interrupted, &record->interrupted_tid, victim->task);
	/*
	 * A call that nobody waits for is given back before its function runs, and may hold
	 * anything when it is looked at: what is no address of the kernel is not told.
	 */
	record->function.address = (s64)function < 0 ? function : 0;
	record->function_time_ns = function_ns;
	record->net_ns = span->net_ns;
	record->vector = vector;
	submit_record(record, RECORD_LOCAL_INTERRUPT);
}

static __always_inline int local_begins(enum local_vector vector)
{
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open;

	if (!cpu)
		return 0;
	open = begin_interrupt(cpu, SUBJECT_LOCAL, vector);
	start_clock(open);
	return 0;
}

/* One for all vectors: the verifier looks at it once for each program that calls it. */
static __noinline int local_ends(enum local_vector vector)
{
	u32 this_cpu = bpf_get_smp_processor_id();
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct open_interrupt *open;
	struct victim victim;
	struct span span;

	open = cpu && vector < LOCAL_VECTORS ? end_interrupt(cpu, SUBJECT_LOCAL, vector, &span)
					     : NULL;
	if (!open)
		return 0;
	if (is_recorded(this_cpu)) {
		count_interrupt(cpu, SUBJECT_LOCAL, vector, this_cpu, local_names[vector],
				&cpu->local_subjects[vector & (MAX_LOCAL_VECTORS - 1)], span.net_ns,
				false, &victim);
		if (victim.slot)
			histogram_add(&victim.slot->measures.stolen_local, span.net_ns);
		send_local(&victim, vector, this_cpu, &span, open->longest_function,
			   open->longest_ns);
	}
	pop_interrupt(cpu, &span);
	return 0;
}

/* x86: the interrupts of the CPU's own, each with a tracepoint of its own. */
#define LOCAL_INTERRUPT(mark, name, vector)                                                        \
	SEC(mark "tp_btf/" #name "_exit")                                                          \
	int BPF_PROG(ls_##name##_exit)                                                             \
	{                                                                                          \
		return local_ends(vector);                                                         \
	}                                                                                          \
	SEC(mark "tp_btf/" #name "_entry")                                                         \
	int BPF_PROG(ls_##name##_entry)                                                            \
	{                                                                                          \
		return local_begins(vector);                                                       \
	}

LOCAL_INTERRUPT("", local_timer, VECTOR_LOCAL_TIMER)
LOCAL_INTERRUPT("", reschedule, VECTOR_RESCHEDULE)
LOCAL_INTERRUPT("", call_function, VECTOR_CALL_FUNCTION)
LOCAL_INTERRUPT("", call_function_single, VECTOR_CALL_FUNCTION_SINGLE)
LOCAL_INTERRUPT("", irq_work, VECTOR_IRQ_WORK)
/* Not every kernel is built with the hardware's errors that these tell of. */
LOCAL_INTERRUPT("?", thermal_apic, VECTOR_THERMAL)
LOCAL_INTERRUPT("?", threshold_apic, VECTOR_THRESHOLD)
LOCAL_INTERRUPT("?", deferred_error_apic, VECTOR_DEFERRED_ERROR)
LOCAL_INTERRUPT("?", error_apic, VECTOR_ERROR)
LOCAL_INTERRUPT("?", spurious_apic, VECTOR_SPURIOUS)
LOCAL_INTERRUPT("?", x86_platform_ipi, VECTOR_PLATFORM_IPI)

/* Told after the fact, once for each handler that the NMI was offered to. */
SEC("?tp_btf/nmi_handler")
int BPF_PROG(ls_nmi_handler, void *handler, s64 took_ns)
{
	u32 this_cpu = bpf_get_smp_processor_id();
	struct cpu_interrupts *cpu = this_cpu_interrupts();
	struct subject_measures *measures;
	struct victim victim;
	struct span span;

	if (!cpu || took_ns < 0)
		return 0;
	span.gross_ns = span.net_ns = took_ns;
	span.start_ns = bpf_ktime_get_ns() - took_ns;
	charge_nested(cpu, took_ns);
	if (!is_recorded(this_cpu))
		return 0;
	measures =
		subject_measures_of(SUBJECT_LOCAL, VECTOR_NMI, this_cpu, local_names[VECTOR_NMI]);
	if (measures)
		subject_add(&measures->net_time, took_ns);
	/* An NMI may come while the thread's storage is being made: it makes none. */
	find_victim(cpu, &victim, false);
	if (victim.slot)
		histogram_add(&victim.slot->measures.stolen_nmi, took_ns);
	send_local(&victim, VECTOR_NMI, this_cpu, &span, (u64)handler, took_ns);
	return 0;
}

/* Last: who raises can only be told where the begins of interrupts are seen. */
SEC("tp_btf/softirq_raise")
int BPF_PROG(ls_softirq_raise, unsigned int vector)
{
	struct cpu_interrupts *cpu = this_cpu_interrupts();

	if (cpu)
		note_raise(cpu, vector);
	return 0;
}
