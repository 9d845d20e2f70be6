// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * syscall: in which system calls did a thread of the target block, for how long, on what, and who
 * ended it.
 *
 * A call has blocked if the kernel has counted a voluntary switch between its entry and its exit.
 * One that a signal interrupts and the kernel then restarts is one call, from its first entry.
 */
#include "syscall/layout.h"
#include "syscall/lock.bpf.h"
#include "syscall/settle.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* When a program here first saw a thread of the target. */
u64 began_ns SEC(".bss");

/* It calls: it has been running until now, and is not in a call that began before the capture. */
static __always_inline void first_seen_calling(struct task_struct *task, struct thread_state *state)
{
	if (!began_ns)
		began_ns = bpf_ktime_get_ns();
	state->active_since_ns =
		task_read(task, start_time) > began_ns ? task_read(task, start_time) : began_ns;
}

/* It returns from a call whose entry was not seen: it was born, or has blocked since before. */
static __always_inline void first_seen_returning(struct task_struct *task,
						 struct thread_state *state)
{
	u64 now = bpf_ktime_get_ns();

	if (!began_ns)
		began_ns = now;
	state->active_since_ns = now;
}

/*
 * Whether this entry continues the call that was interrupted: the kernel has set the thread back to
 * the same instruction with the same stack. A handler that calls the same function has another.
 */
static __always_inline bool restarts(struct thread_state *state, struct pt_regs *regs, u32 number)
{
	return (number == state->interrupted.number || number == SYS_RESTART_SYSCALL) &&
	       instruction_pointer(regs) == state->interrupted_at &&
	       stack_pointer(regs) == state->interrupted_stack;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(ls_sys_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_state *state;
	struct thread_slot *slot;
	struct call *call;
	u32 cpu;

	if (!is_target(task) || calls_as_32_bit(task))
		return 0;
	cpu = bpf_get_smp_processor_id();
	if (!is_followed(cpu))
		return 0;
	storage = thread_of(task, &slot, first_seen_calling);
	if (!storage)
		return 0;
	state = &storage->state;
	call = &state->call;
	/* Whatever waited for a lock has come out of it; an end may have been missed. */
	state->locks[0].start_ns = 0;
	state->locks[1].start_ns = 0;
	if (state->interrupted.start_ns && restarts(state, regs, number)) {
		if (is_recorded(state->interrupted.cpu))
			slot->measures.restarts++;
		*call = state->interrupted;
		state->interrupted.start_ns = 0;
		call->waker_tid = 0;
		call->waker_context = ACTOR_NONE;
		/* The rises so far become counts at the entry again. */
		call->switches = task_read(task, nvcsw) - call->switches;
		call->run_delay_ns = task_read(task, sched_info.run_delay) - call->run_delay_ns;
		return 0;
	}
	if (is_recorded(cpu))
		slot->measures.syscalls++;
	call->number = number;
	call->cpu = cpu;
	call->waker_tid = 0;
	call->waker_context = ACTOR_NONE;
	call->switches = task_read(task, nvcsw);
	call->run_delay_ns = task_read(task, sched_info.run_delay);
	call->queued_until_ns = 0;
	call->start_ns = bpf_ktime_get_ns();
	look_at(call, regs);
	return 0;
}

/* A handler has returned: has the kernel arranged for the interrupted call to be made again? */
static __always_inline void handler_returned(struct task_struct *task,
					     struct thread_storage *storage,
					     struct thread_slot *slot, struct pt_regs *regs)
{
	struct thread_state *state = &storage->state;

	if (!state->interrupted.start_ns || stack_pointer(regs) != state->interrupted_stack)
		return; /* that of another signal, on top */
	if (instruction_pointer(regs) == state->interrupted_at - CALL_INSTRUCTION_BYTES)
		return;
	if (has_blocked(&state->interrupted)) {
		state->interrupted.is_here = 1;
		settle(task, storage, slot, &state->interrupted);
	}
	state->interrupted.start_ns = 0;
}

static __always_inline void interrupted(struct task_struct *task, struct thread_storage *storage,
					struct thread_slot *slot, struct pt_regs *regs)
{
	struct thread_state *state = &storage->state;

	/* Of two, the outer one is not waited for any more: few programs block in handlers. */
	if (state->interrupted.start_ns && has_blocked(&state->interrupted))
		settle(task, storage, slot, &state->interrupted);
	state->interrupted = state->call;
	state->interrupted.is_here = 0;
	state->interrupted.result = -EINTR;
	state->interrupted_at = instruction_pointer(regs);
	state->interrupted_stack = stack_pointer(regs);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(ls_sys_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;
	struct call *call;

	if (!is_target(task) || calls_as_32_bit(task))
		return 0;
	storage = stored_state(task);
	if (!storage) {
		if (is_followed(bpf_get_smp_processor_id()))
			thread_of(task, &slot, first_seen_returning);
		return 0;
	}
	slot = slot_at(storage->slot);
	call = &storage->state.call;
	if (!slot || !call->start_ns)
		return 0;
	call->switches = task_read(task, nvcsw) - call->switches;
	if (call->kind == CALL_FUTEX && result == -EAGAIN && is_recorded(call->cpu))
		slot->measures.futex_value_changed++;
	if (has_blocked(call) || is_interruption(result)) {
		call->end_ns = bpf_ktime_get_ns();
		call->run_delay_ns = task_read(task, sched_info.run_delay) - call->run_delay_ns;
		/* See charged_asleep of the isolation module. */
		if (call->queued_until_ns &&
		    call->run_delay_ns > call->end_ns - call->queued_until_ns)
			call->run_delay_ns = call->end_ns - call->queued_until_ns;
		call->result = result;
		call->is_here = 1;
		call->argument[0] = first_argument(regs);
		call->argument[1] = second_argument(regs);
		call->argument[2] = third_argument(regs);
		if (is_interruption(result))
			interrupted(task, storage, slot, regs);
		else
			settle(task, storage, slot, call);
	}
	if (call->number == SYS_RT_SIGRETURN)
		handler_returned(task, storage, slot, regs);
	call->start_ns = 0;
	return 0;
}

/*
 * A lock that cannot be had at once. Interrupts that come while a thread runs have locks of their
 * own. A spinlock may be one of the allocator's: no state is made for the thread then.
 */
SEC("tp_btf/contention_begin")
int BPF_PROG(ls_contention_begin, void *lock, unsigned int flags)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_target(task) || actor_now(task) != ACTOR_TASK)
		return 0;
	/* A thread that is ending waits for its process's locks, too: its state would outlive it.
	 */
	if (task_read(task, flags) & PF_EXITING)
		return 0;
	storage = may_sleep(flags) ? thread_of(task, &slot, first_seen_returning)
				   : stored_state(task);
	if (storage && storage->slot)
		lock_wait_begins(task, &storage->state, (u64)lock, flags);
	return 0;
}

SEC("tp_btf/contention_end")
int BPF_PROG(ls_contention_end, void *lock, int result)
{
	struct task_struct *task = current_task();
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!is_target(task))
		return 0;
	storage = stored_state(task);
	if (!storage)
		return 0;
	slot = slot_at(storage->slot);
	if (slot)
		lock_wait_ends(task, storage, slot, (u64)lock);
	return 0;
}

/* Fires in the context that wakes: a task, or an interrupt that came while one ran. */
SEC("tp_btf/sched_waking")
int BPF_PROG(ls_sched_waking, struct task_struct *task)
{
	struct thread_storage *storage;
	struct task_struct *waker;
	enum actor actor;

	if (!is_target(task))
		return 0;
	storage = stored_state(task);
	if (!storage || !(storage->state.call.start_ns || storage->state.locks[0].start_ns))
		return 0;
	waker = current_task();
	actor = actor_now(waker);
	if (actor == ACTOR_TASK)
		note_releaser(&storage->state.locks[0], waker);
	storage->state.call.waker_context = actor;
	storage->state.call.waker_tid = may_be_task(actor) ? task_read(waker, pid) : 0;
	storage->state.call.waker_pid = may_be_task(actor) ? task_read(waker, tgid) : 0;
	if (may_be_task(actor))
		copy_comm(storage->state.call.waker, waker);
	if (is_asleep(task) && task->sched_info.last_queued)
		storage->state.call.queued_until_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ls_sched_process_exit, struct task_struct *task)
{
	struct thread_slot *slot;
	struct thread_storage *storage = ending_thread(task, &slot);

	if (!storage)
		return 0;
	/* Killed in a call: what interrupted it was its end. */
	if (storage->state.interrupted.start_ns && has_blocked(&storage->state.interrupted))
		settle(task, storage, slot, &storage->state.interrupted);
	thread_ended(task, slot);
	return 0;
}
