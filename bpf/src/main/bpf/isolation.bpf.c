// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * isolation: when did a thread of the target not run although it could, who ran instead, and what
 * moved it to another CPU.
 *
 * Every occurrence is counted per thread; those above the threshold become records.
 */
#include "isolation/layout.h"
#include "isolation/send.bpf.h"
#include "isolation/throttle.bpf.h"
#include "isolation/migration.bpf.h"
#include "symbols.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The sched_switch tracepoint has the state since 5.18 (fa2c3254d7cf); before, the task has it. */
const volatile bool switch_has_state = true;

static __always_inline void remember_counts(struct task_struct *task, struct thread_state *state)
{
	state->nvcsw = task->nvcsw;
	state->nivcsw = task->nivcsw;
	state->cpu_time = task->se.sum_exec_runtime;
	state->run_delay = task->sched_info.run_delay;
	state->pcount = task->sched_info.pcount;
	state->migrations = task->se.nr_migrations;
}

/*
 * The whole life of a thread that is born while we watch is ours, also what came before it had a
 * state: its counts are 0 then, as the state's are.
 */
static __always_inline void first_sight(struct task_struct *task, struct thread_state *state)
{
	if (!watched_since_ns || task->start_time < watched_since_ns)
		remember_counts(task, state);
}

static __always_inline enum leave_state leave_state_of(bool preempt, u32 state)
{
	if (preempt)
		return STATE_RUNNING;
	/* Exit states first; the others exclude one another. */
	if (state & (TASK_DEAD | EXIT_DEAD | EXIT_ZOMBIE))
		return STATE_DEAD;
	if (state & TASK_INTERRUPTIBLE)
		return STATE_SLEEPING;
	if (state & TASK_UNINTERRUPTIBLE)
		return STATE_DISK;
	if (state & TASK_STOPPED)
		return STATE_STOPPED;
	if (state & TASK_TRACED)
		return STATE_TRACED;
	if (state & TASK_PARKED)
		return STATE_PARKED;
	return state ? STATE_OTHER : STATE_RUNNING;
}

/*
 * The wait that the state describes is over; it is counted, and told if it was long enough. Without
 * a log no culprit is looked for.
 */
static __always_inline void wait_ended(struct task_struct *task, struct thread_storage *storage,
				       struct thread_slot *slot, struct run_log *log, u32 cpu,
				       u64 arrival, u64 waited)
{
	storage->state.waits_measured++;
	storage->state.waited_ns += waited;
	if (is_recorded(cpu))
		histogram_add(storage->state.wait_kind == WAIT_WAKEUP
				      ? &slot->measures.runqueue_wakeup
				      : &slot->measures.runqueue_preempted,
			      waited);
	if (is_followed(cpu) && !slot->muted && is_wanted(RECORD_RUN_QUEUE_WAIT, waited))
		send_wait(task, storage, slot, log, cpu, arrival, waited);
}

static __always_inline void thread_comes_in(struct task_struct *task, struct run_log *log, u32 cpu,
					    u64 now)
{
	struct thread_slot *slot;
	struct thread_storage *storage = thread_of(task, &slot, first_sight);
	struct thread_state *state;
	u64 waited = 0, off = 0;

	if (!storage)
		return;
	state = &storage->state;
	/* Clocks of two CPUs may disagree by nanoseconds: never let a difference go below 0. */
	if (state->wait_kind != WAIT_NONE && now > state->wait_start_ns)
		waited = now - state->wait_start_ns;
	if (state->off_start_ns && now > state->off_start_ns)
		off = now - state->off_start_ns;
	if (state->wait_kind != WAIT_NONE)
		wait_ended(task, storage, slot, log, cpu, now, waited);
	if (off && is_followed(cpu) && !slot->muted && is_wanted(RECORD_CONTEXT_SWITCH, off))
		send_switch(task, storage, slot, cpu, off, waited);
	state->arrival_ns = now;
	state->wait_kind = WAIT_NONE;
	state->off_start_ns = 0;
	/* Not when it goes to sleep: whoever wakes it may do so while it is still about to. */
	state->waker_tid = 0;
	state->waker_context = ACTOR_NONE;
}

/*
 * Some kernels now and then do not trace a wakeup or a switch (ftrace misses the same ones). Then a
 * thread leaves that was not seen coming in, or not seen waiting. The scheduler's own account has
 * kept how long its wait was, and the log of runs who ran in it. If the switch out is missing, too,
 * the wait has no culprit: the log does not say when the thread was gone.
 */
static __always_inline void complete_stay(struct task_struct *task, struct run_log *log, u32 cpu,
					  u64 now)
{
	struct thread_storage *storage = stored_state(task);
	struct thread_slot *slot = storage ? slot_at(storage->slot) : NULL;
	struct thread_state *state;
	u64 waited, known, arrival;

	if (!slot)
		return;
	state = &storage->state;
	if (state->waits_measured >= task->sched_info.pcount - state->pcount)
		return;
	slot->measures.waits_untraced++;
	waited = task->sched_info.run_delay - state->run_delay;
	known = state->charged_asleep + state->waited_ns;
	/* By two clocks that need not agree to the nanosecond. */
	waited = waited > known ? waited - known : 0;
	arrival = state->arrival_ns;
	if (!arrival) {
		/* Both are of the runqueue's clock, and the second has just been brought up to
		 * date. */
		arrival = now - (task->se.exec_start - task->sched_info.last_arrival);
		if (state->wait_kind != WAIT_NONE)
			arrival = state->wait_start_ns + waited;
		if (arrival > now)
			arrival = now;
	}
	/* It has come in twice and was not seen leaving: had it slept, its wakeup would be known.
	 */
	if (state->wait_kind == WAIT_NONE)
		state->wait_kind = state->waits_measured ? WAIT_PREEMPTED : WAIT_WAKEUP;
	state->wait_start_ns = arrival - waited;
	if (state->arrival_ns) {
		wait_ended(task, storage, slot, NULL, cpu, arrival, waited);
		state->wait_kind = WAIT_NONE;
		return;
	}
	thread_comes_in(task, log, cpu, arrival);
	if (log)
		log_arrival(log, task, arrival);
}

static __always_inline void count_switch(struct task_struct *task, struct thread_state *state,
					 struct thread_measures *measures, u32 cpu, bool blocks)
{
	u64 voluntary = (u32)task->nvcsw - state->nvcsw;
	u64 involuntary = (u32)task->nivcsw - state->nivcsw;
	u64 delay = task->sched_info.run_delay - state->run_delay;

	/* The kernel has counted this switch already, unless the thread is new to us. */
	if (voluntary + involuntary == 0) {
		voluntary = blocks;
		involuntary = !blocks;
	}
	/* If one before was not traced, and both kinds have risen, by what the thread looks like.
	 */
	state->voluntary = voluntary && involuntary ? blocks : voluntary != 0;
	if (is_recorded(cpu)) {
		measures->voluntary_switches += voluntary;
		measures->involuntary_switches += involuntary;
		if (is_monitored(cpu))
			measures->involuntary_switches_monitored += involuntary;
		if (voluntary + involuntary > 1)
			measures->switches_missed += voluntary + involuntary - 1;
		measures->cpu_time_ns += task->se.sum_exec_runtime - state->cpu_time;
		measures->run_delay_ns += delay;
		measures->run_delay_asleep_ns +=
			state->charged_asleep < delay ? state->charged_asleep : delay;
		measures->run_delay_count += task->sched_info.pcount - state->pcount;
		measures->migrations_untraced += (u32)task->se.nr_migrations - state->migrations;
	}
	remember_counts(task, state);
	state->charged_asleep = 0;
}

static __always_inline void thread_leaves(struct task_struct *task, struct task_struct *next,
					  bool preempt, u32 task_state, u32 cpu, u64 now)
{
	struct thread_slot *slot;
	struct thread_storage *storage = thread_of(task, &slot, first_sight);
	struct thread_state *state;

	if (!storage)
		return;
	state = &storage->state;
	state->left_in = leave_state_of(preempt, task_state);
	count_switch(task, state, &slot->measures, cpu, state->left_in != STATE_RUNNING);
	if (state->left_in == STATE_DEAD) {
		thread_ended(task, slot);
		return;
	}
	state->wait_kind = state->left_in == STATE_RUNNING ? WAIT_PREEMPTED : WAIT_NONE;
	state->wait_start_ns = now;
	if (state->wait_kind != WAIT_NONE)
		throttle_begins(task, state);
	state->waits_measured = 0;
	state->waited_ns = 0;
	state->arrival_ns = 0;
	state->off_start_ns = now;
	state->off_cpu = cpu;
	state->next_tid = next->pid;
	state->next_pid = next->tgid;
	state->next_priority = next->prio;
	__builtin_memset(state->next, 0, TASK_COMM_LEN);
	if (next->pid)
		copy_comm(state->next, next);
}

SEC("tp_btf/sched_switch")
int ls_sched_switch(u64 *ctx)
{
	bool preempt = ctx[0];
	struct task_struct *prev = (void *)ctx[1];
	struct task_struct *next = (void *)ctx[2];
	u32 cpu = bpf_get_smp_processor_id();
	struct run_log *log = this_cpu_log();
	u64 now = bpf_ktime_get_ns();

	/* Of a target's own thread, complete_stay knows more. */
	if (log && !is_target(prev))
		log_missed(log, prev, now);
	if (log)
		log_leaving(log, prev);
	if (is_target(prev))
		complete_stay(prev, log, cpu, now);
	if (is_target(next))
		thread_comes_in(next, log, cpu, now);
	if (log)
		log_arrival(log, next, scheduler_arrival(log, next, now));
	if (is_target(prev)) {
		/* Volatile, so that the load is not moved to where the argument does not exist. */
		u32 state = switch_has_state ? *(volatile u64 *)&ctx[3] : task_state_of(prev);

		thread_leaves(prev, next, preempt, state, cpu, now);
	}
	return 0;
}

/*
 * What run_delay has, or will have, of a sleep that is over. Since Linux 6.12 (152e11f6df29) a
 * thread that goes to sleep may stay in the queue until its turn would have come (delayed dequeue).
 * If the scheduler moves it to another CPU meanwhile, it takes it for one that waits: then the
 * sleep counts as a wait, until the next move or to its end.
 */
static __always_inline u64 charged_asleep(struct task_struct *task, struct thread_state *state)
{
	struct cfs_rq___queue *queue;
	u64 queued = task->sched_info.last_queued;
	u64 charged = 0, clock;

	if (state->off_start_ns)
		charged = task->sched_info.run_delay - state->run_delay;
	if (!queued || !bpf_core_field_exists(struct cfs_rq___queue, rq))
		return charged;
	queue = ((struct task_struct___queue *)task)->se.cfs_rq;
	if (!queue)
		return charged;
	/* As of now, for the thread has just been put there; it may have been noted long ago. */
	clock = queue->rq->clock;
	return clock > queued ? charged + clock - queued : charged;
}

static __always_inline int becomes_runnable(struct task_struct *task)
{
	struct thread_slot *slot;
	struct thread_storage *storage;

	if (!is_target(task))
		return 0;
	storage = thread_of(task, &slot, first_sight);
	/* One that was preempted on its way to sleep waits already. */
	if (!storage || storage->state.wait_kind != WAIT_NONE)
		return 0;
	storage->state.wait_start_ns = bpf_ktime_get_ns();
	storage->state.wait_kind = WAIT_WAKEUP;
	storage->state.charged_asleep = charged_asleep(task, &storage->state);
	throttle_begins(task, &storage->state);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(ls_sched_wakeup, struct task_struct *task)
{
	return becomes_runnable(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(ls_sched_wakeup_new, struct task_struct *task)
{
	return becomes_runnable(task);
}

/* Fires on the waker's CPU, where sched_wakeup may fire on the CPU of the woken thread. */
SEC("tp_btf/sched_waking")
int BPF_PROG(ls_sched_waking, struct task_struct *task)
{
	struct task_struct *waker;
	struct thread_storage *storage;
	enum actor actor;

	if (!is_target(task))
		return 0;
	storage = stored_state(task);
	if (!storage)
		return 0;
	waker = current_task();
	actor = actor_now(waker);
	storage->state.waker_context = actor;
	storage->state.waker_tid = may_be_task(actor) ? task_read(waker, pid) : 0;
	if (may_be_task(actor))
		copy_comm(storage->state.waker, waker);
	return 0;
}

static __always_inline int moves_for_numa(struct task_struct *task)
{
	struct thread_storage *storage = is_target(task) ? stored_state(task) : NULL;

	if (storage)
		storage->state.numa_move = 1;
	return 0;
}

SEC("tp_btf/sched_move_numa")
int BPF_PROG(ls_sched_move_numa, struct task_struct *task)
{
	return moves_for_numa(task);
}

SEC("tp_btf/sched_swap_numa")
int BPF_PROG(ls_sched_swap_numa, struct task_struct *one, int one_cpu, struct task_struct *other)
{
	moves_for_numa(one);
	return other ? moves_for_numa(other) : 0;
}

SEC("tp_btf/sched_migrate_task")
int BPF_PROG(ls_sched_migrate_task, struct task_struct *task, int to)
{
	struct thread_slot *slot;
	struct thread_storage *storage;
	struct task_struct *by;
	struct migration *record;
	enum migration_cause cause;
	enum actor actor;
	bool outside;
	u32 from;

	if (!is_target(task))
		return 0;
	storage = thread_of(task, &slot, first_sight);
	if (!storage)
		return 0;
	from = task_cpu_of(task);
	if (from == to)
		return 0; /* not counted by the kernel either */
	storage->state.migrations++;
	throttle_moves(task, &storage->state, to);
	by = current_task();
	cause = cause_of(task, &storage->state, from);
	outside = !is_recorded(from) && !is_recorded(to);
	if (!outside)
		count_migration(&slot->measures, cause,
				cause == CAUSE_BALANCE || cause == CAUSE_NUMA ||
					cause == CAUSE_AFFINITY,
				from);
	else if (!target_tgid)
		return 0;
	if (slot->muted || !is_wanted(RECORD_MIGRATION, 0))
		return 0;
	record = reserve_record(RECORD_MIGRATION, sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_MIGRATION, task, slot, storage->slot);
	record->header.kernel_start_ns = bpf_ktime_get_ns();
	record->header.kernel_duration_ns = 0;
	record->header.cpu = from;
	record->to_cpu = to;
	actor = actor_now(by);
	record->by_tid = may_be_task(actor) ? task_read(by, pid) : 0;
	record->cause = cause;
	record->by_context = actor;
	record->outside = outside;
	record->reserved = 0;
	__builtin_memset(record->by, 0, TASK_COMM_LEN);
	if (record->by_tid)
		copy_comm(record->by, by);
	submit_record(record, RECORD_MIGRATION);
	return 0;
}
