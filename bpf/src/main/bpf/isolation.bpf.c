// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * isolation: when did a thread of the target not run although it could, who ran instead, and what
 * moved it to another CPU.
 *
 * Every occurrence is counted per thread; those above the threshold become records.
 */
#include "kernel.h"

enum record {
	RECORD_RUN_QUEUE_WAIT,
	RECORD_CONTEXT_SWITCH,
	RECORD_MIGRATION,
};

#include "histogram.bpf.h"
#include "record.bpf.h"
#include "runlog.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum wait_kind {
	WAIT_NONE,
	WAIT_WAKEUP,
	WAIT_PREEMPTED,
};

enum leave_state {
	STATE_RUNNING,
	STATE_SLEEPING,
	STATE_DISK,
	STATE_STOPPED,
	STATE_TRACED,
	STATE_PARKED,
	STATE_DEAD,
	STATE_OTHER,
};

enum migration_cause {
	CAUSE_WAKE,
	CAUSE_BALANCE,
	CAUSE_AFFINITY,
	CAUSE_NUMA,
	CAUSE_EXEC,
};

struct run_queue_wait {
	struct record_header header;
	struct kernel_symbol culprit_work;
	u64 culprit_held_ns;
	u64 accounted_ns;
	u32 culprit_tid;
	u32 culprit_pid;
	u32 culprit_priority;
	u32 tasks_between;
	u32 priority;
	enum wait_kind kind;
	char culprit[TASK_COMM_LEN];
};

struct context_switch {
	struct record_header header;
	u64 waited_ns;
	u32 next_tid;
	u32 next_pid;
	u32 next_priority;
	u32 return_cpu;
	u32 waker_tid;
	enum leave_state state;
	u32 voluntary;
	u32 reserved;
	char next[TASK_COMM_LEN];
	char waker[TASK_COMM_LEN];
};

struct migration {
	struct record_header header;
	u32 to_cpu;
	u32 by_tid;
	enum migration_cause cause;
	u32 reserved;
	char by[TASK_COMM_LEN];
};

const struct run_queue_wait *__record_run_queue_wait __attribute__((unused));
const struct context_switch *__record_context_switch __attribute__((unused));
const struct migration *__record_migration __attribute__((unused));

struct thread_state {
	/* The wait that is going on, unless its kind is WAIT_NONE. */
	u64 wait_start_ns;
	enum wait_kind wait_kind;
	/* The stay on the CPU that is going on: when it began, if that was seen, or 0. */
	u32 wait_measured; /* whether the wait before it has been counted */
	u64 arrival_ns;
	/* The interval off the CPU that is going on, unless off_start_ns is 0. */
	u64 off_start_ns;
	u32 off_cpu;
	enum leave_state left_in;
	u32 voluntary;
	u32 next_tid;
	u32 next_pid;
	u32 next_priority;
	u32 waker_tid;
	char next[TASK_COMM_LEN];
	char waker[TASK_COMM_LEN];
	u64 numa_move; /* NUMA balancing has announced that it moves the thread */
	/* The kernel's own counts when we last saw them. */
	u64 nvcsw;
	u64 nivcsw;
	u64 run_delay;
	u64 pcount;
};

struct thread_measures {
	u64 voluntary_switches;
	u64 involuntary_switches;
	u64 involuntary_switches_monitored;
	/* The kernel counted them, its tracepoints did not tell. */
	u64 switches_missed;
	u64 waits_untraced;
	u64 migrations_wake;
	u64 migrations_balance;
	u64 migrations_affinity;
	u64 migrations_numa;
	u64 migrations_exec;
	u64 involuntary_migrations_monitored;
	/* What /proc/PID/task/TID/schedstat says of the same interval. */
	u64 run_delay_ns;
	u64 run_delay_count;
	struct histogram runqueue_wakeup;
	struct histogram runqueue_preempted;
};

#include "threads.bpf.h"

/* The sched_switch tracepoint hands over the state since 5.18; before, it is read from the task. */
const volatile bool switch_has_state = true;

static __always_inline void remember_counts(struct task_struct *task, struct thread_state *state)
{
	state->nvcsw = task->nvcsw;
	state->nivcsw = task->nivcsw;
	state->run_delay = task->sched_info.run_delay;
	state->pcount = task->sched_info.pcount;
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

static __always_inline void fill_header(struct record_header *header, u32 record,
					struct task_struct *task, struct thread_slot *slot,
					u32 slot_index)
{
	header->record = record;
	header->os_thread_id = slot->os_thread_id;
	header->slot = slot_index;
	copy_comm(header->thread, task);
}

static __always_inline void send_wait(struct task_struct *task, struct thread_storage *storage,
				      struct thread_slot *slot, struct run_log *log, u32 cpu,
				      u64 now, u64 waited)
{
	struct run_queue_wait *record =
		reserve_record(RECORD_RUN_QUEUE_WAIT, sizeof(struct run_queue_wait));
	struct culprit culprit = {};

	if (!record)
		return;
	find_culprit(log, now - waited, now, &culprit);
	fill_header(&record->header, RECORD_RUN_QUEUE_WAIT, task, slot, storage->slot);
	record->header.kernel_start_ns = now - waited;
	record->header.kernel_duration_ns = waited;
	record->header.cpu = cpu;
	record->culprit_work.address = culprit.work;
	record->culprit_held_ns = culprit.held_ns;
	record->accounted_ns = culprit.seen_ns;
	record->culprit_tid = culprit.tid;
	record->culprit_pid = culprit.pid;
	record->culprit_priority = culprit.priority;
	record->tasks_between = culprit.tasks;
	record->priority = task->prio;
	record->kind = storage->state.wait_kind;
	/* The idle task is nobody's name: an empty one says that the CPU was idle. */
	__builtin_memset(record->culprit, 0, TASK_COMM_LEN);
	if (culprit.tid)
		__builtin_memcpy(record->culprit, culprit.comm, TASK_COMM_LEN);
	submit_record(record);
}

static __always_inline void send_switch(struct task_struct *task, struct thread_storage *storage,
					struct thread_slot *slot, u32 cpu, u64 off, u64 waited)
{
	struct thread_state *state = &storage->state;
	struct context_switch *record =
		reserve_record(RECORD_CONTEXT_SWITCH, sizeof(struct context_switch));
	bool woken = state->left_in != STATE_RUNNING;

	if (!record)
		return;
	fill_header(&record->header, RECORD_CONTEXT_SWITCH, task, slot, storage->slot);
	record->header.kernel_start_ns = state->off_start_ns;
	record->header.kernel_duration_ns = off;
	record->header.cpu = state->off_cpu;
	record->waited_ns = waited;
	record->next_tid = state->next_tid;
	record->next_pid = state->next_pid;
	record->next_priority = state->next_priority;
	record->return_cpu = cpu;
	record->waker_tid = woken ? state->waker_tid : 0;
	record->state = state->left_in;
	record->voluntary = state->voluntary;
	record->reserved = 0;
	__builtin_memcpy(record->next, state->next, TASK_COMM_LEN);
	__builtin_memset(record->waker, 0, TASK_COMM_LEN);
	if (record->waker_tid)
		__builtin_memcpy(record->waker, state->waker, TASK_COMM_LEN);
	submit_record(record);
}

/* The wait that the state describes is over; it is counted, and told if it was long enough. */
static __always_inline void wait_ended(struct task_struct *task, struct thread_storage *storage,
				       struct thread_slot *slot, struct run_log *log, u32 cpu,
				       u64 arrival, u64 waited)
{
	storage->state.wait_measured = 1;
	if (!is_recorded(cpu))
		return;
	histogram_add(storage->state.wait_kind == WAIT_WAKEUP ? &slot->measures.runqueue_wakeup
							      : &slot->measures.runqueue_preempted,
		      waited);
	if (log && !slot->muted && is_wanted(RECORD_RUN_QUEUE_WAIT, waited))
		send_wait(task, storage, slot, log, cpu, arrival, waited);
}

static __always_inline void thread_comes_in(struct task_struct *task, struct run_log *log, u32 cpu,
					    u64 now)
{
	struct thread_slot *slot;
	struct thread_storage *storage = thread_of(task, &slot, remember_counts);
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
	if (off && is_recorded(cpu) && !slot->muted && is_wanted(RECORD_CONTEXT_SWITCH, off))
		send_switch(task, storage, slot, cpu, off, waited);
	state->arrival_ns = now;
	state->wait_kind = WAIT_NONE;
	state->off_start_ns = 0;
	/* Not when it goes to sleep: whoever wakes it may do so while it is still about to. */
	state->waker_tid = 0;
}

/*
 * Some kernels now and then do not trace a wakeup or a switch (ftrace misses the same ones). Then a
 * thread leaves that was not seen coming in, or not seen waiting. The scheduler's own account has
 * kept how long its wait was: nothing is lost but the culprit's work.
 */
static __always_inline void complete_stay(struct task_struct *task, struct run_log *log, u32 cpu,
					  u64 now)
{
	struct thread_storage *storage = stored_state(task);
	struct thread_slot *slot = storage ? slot_at(storage->slot) : NULL;
	struct thread_state *state;
	u64 waited, arrival;

	if (!slot)
		return;
	state = &storage->state;
	if (state->wait_measured || task->sched_info.pcount == state->pcount)
		return;
	slot->measures.waits_untraced++;
	waited = task->sched_info.run_delay - state->run_delay;
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
	if (state->wait_kind == WAIT_NONE)
		state->wait_kind = WAIT_WAKEUP;
	state->wait_start_ns = arrival - waited;
	if (state->arrival_ns) {
		wait_ended(task, storage, slot, log, cpu, arrival, waited);
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
	u64 voluntary = task->nvcsw - state->nvcsw;
	u64 involuntary = task->nivcsw - state->nivcsw;

	/* The kernel has counted this switch already, unless the thread is new to us. */
	if (voluntary + involuntary == 0)
		state->voluntary = blocks;
	else
		state->voluntary = voluntary != 0;
	if (is_recorded(cpu)) {
		if (voluntary + involuntary > 1)
			measures->switches_missed += voluntary + involuntary - 1;
		if (state->voluntary)
			measures->voluntary_switches++;
		else
			measures->involuntary_switches++;
		if (!state->voluntary && is_monitored(cpu))
			measures->involuntary_switches_monitored++;
		measures->run_delay_ns += task->sched_info.run_delay - state->run_delay;
		measures->run_delay_count += task->sched_info.pcount - state->pcount;
	}
	remember_counts(task, state);
}

static __always_inline void thread_leaves(struct task_struct *task, struct task_struct *next,
					  bool preempt, u32 task_state, u32 cpu, u64 now)
{
	struct thread_slot *slot;
	struct thread_storage *storage = thread_of(task, &slot, remember_counts);
	struct thread_state *state;

	if (!storage)
		return;
	state = &storage->state;
	state->left_in = leave_state_of(preempt, task_state);
	count_switch(task, state, &slot->measures, cpu, state->left_in != STATE_RUNNING);
	if (state->left_in == STATE_DEAD) {
		copy_comm(slot->thread, task);
		thread_ended(task, slot);
		return;
	}
	state->wait_kind = state->left_in == STATE_RUNNING ? WAIT_PREEMPTED : WAIT_NONE;
	state->wait_start_ns = now;
	state->wait_measured = 0;
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

	if (log)
		log_leaving(log, prev);
	if (is_target(prev))
		complete_stay(prev, log, cpu, now);
	if (is_target(next))
		thread_comes_in(next, log, cpu, now);
	if (log)
		log_arrival(log, next, now);
	if (is_target(prev)) {
		/* Volatile, so that the load is not moved to where the argument does not exist. */
		u32 state = switch_has_state ? *(volatile u64 *)&ctx[3] : task_state_of(prev);

		thread_leaves(prev, next, preempt, state, cpu, now);
	}
	return 0;
}

static __always_inline int becomes_runnable(struct task_struct *task)
{
	struct thread_slot *slot;
	struct thread_storage *storage;

	if (!is_target(task))
		return 0;
	storage = thread_of(task, &slot, remember_counts);
	/* One that was preempted on its way to sleep waits already. */
	if (!storage || storage->state.wait_kind != WAIT_NONE)
		return 0;
	storage->state.wait_start_ns = bpf_ktime_get_ns();
	storage->state.wait_kind = WAIT_WAKEUP;
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

	if (!is_target(task))
		return 0;
	storage = stored_state(task);
	if (!storage)
		return 0;
	waker = bpf_get_current_task_btf();
	storage->state.waker_tid = waker->pid;
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

static __always_inline enum migration_cause cause_of(struct task_struct *task,
						     struct thread_state *state, u32 from)
{
	bool numa = state->numa_move;

	state->numa_move = 0;
	if (numa)
		return CAUSE_NUMA;
	/* Its mask was changed: it must leave, at once or, if it sleeps, when it wakes. */
	if (!is_allowed_on(task, from))
		return CAUSE_AFFINITY;
	if (task_state_of(task) == TASK_WAKING)
		return CAUSE_WAKE;
	if (bpf_core_field_exists(task->in_execve) &&
	    BPF_CORE_READ_BITFIELD_PROBED(task, in_execve))
		return CAUSE_EXEC;
	return CAUSE_BALANCE;
}

static __always_inline void count_migration(struct thread_measures *measures,
					    enum migration_cause cause, bool imposed, u32 from)
{
	switch (cause) {
	case CAUSE_WAKE:
		measures->migrations_wake++;
		break;
	case CAUSE_BALANCE:
		measures->migrations_balance++;
		break;
	case CAUSE_AFFINITY:
		measures->migrations_affinity++;
		break;
	case CAUSE_NUMA:
		measures->migrations_numa++;
		break;
	case CAUSE_EXEC:
		measures->migrations_exec++;
		break;
	}
	if (imposed && is_monitored(from))
		measures->involuntary_migrations_monitored++;
}

SEC("tp_btf/sched_migrate_task")
int BPF_PROG(ls_sched_migrate_task, struct task_struct *task, int to)
{
	struct thread_slot *slot;
	struct thread_storage *storage;
	struct task_struct *by;
	struct migration *record;
	enum migration_cause cause;
	u32 from;

	if (!is_target(task))
		return 0;
	storage = thread_of(task, &slot, remember_counts);
	if (!storage)
		return 0;
	from = task_cpu_of(task);
	by = bpf_get_current_task_btf();
	cause = cause_of(task, &storage->state, from);
	if (!is_recorded(from) && !is_recorded(to))
		return 0;
	count_migration(&slot->measures, cause,
			cause == CAUSE_BALANCE || cause == CAUSE_NUMA || cause == CAUSE_AFFINITY,
			from);
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
	record->by_tid = by->pid;
	record->cause = cause;
	record->reserved = 0;
	copy_comm(record->by, by);
	submit_record(record);
	return 0;
}
