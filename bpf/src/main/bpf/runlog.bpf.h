/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Who ran on this CPU lately: the last runs, kept for every switch of every task so that the time
 * of a wait can be charged to those who held the CPU meanwhile, to each for what it ran. Costs a
 * few stores per switch; the search is made only for waits that are reported.
 *
 * A process other than the target is one culprit, however many threads it has: what its threads run
 * one after the other is one run.
 *
 * Written and read from sched_switch alone, which runs with interrupts off and the runqueue locked,
 * so the per-CPU log has one user at a time also where the kernel may preempt programs.
 */
#ifndef LATENCYSCOPE_RUNLOG_BPF_H
#define LATENCYSCOPE_RUNLOG_BPF_H

#include "kernel.h"
#include "record.bpf.h"
#include "runqueue.bpf.h"
#include "target.bpf.h"

/*
 * A power of 2. A crowded CPU of a loaded host switches once or twice in a millisecond, and a
 * thread waited for 332 ms there: 128 runs reached back 90 to 140 ms. More would not fit into what
 * a per-CPU map may hold, 32 KB (PCPU_MIN_UNIT_SIZE, Linux 5.10 to 6.18).
 */
#define RUNS	   512
#define TALLIES	   256 /* a power of 2, that of TALLY_BITS */
#define TALLY_BITS 8
#define PROBES	   8
#define LEAD_NS	   100000000 /* clocks that adjtimex slews are 50 us apart by then, others 1 us */

struct run {
	u64 start_ns;
	u64 work; /* function of a workqueue's thread */
	u32 tid;
	u32 pid;
	u32 priority;
	u32 key; /* one culprit: a thread of the target, or another process; 0: idle */
	char comm[TASK_COMM_LEN];
};

/* What one culprit ran in the interval that is looked at. */
struct tally {
	u64 held_ns;
	u32 search; /* of which search this is; else the entry is free */
	u32 key;
	u32 newest; /* age of its last run */
	u32 reserved;
};

struct culprit {
	u64 seen_ns; /* how much of the interval the log covers */
	u64 held_ns;
	u32 newest;  /* age of its last run */
	u32 tasks;   /* different ones that ran in the interval */
	u32 parties; /* the same, and the idle task */
	u32 runs;
};

/* How far our clock is ahead of the runqueue's: the least of late, and of the time before that. */
struct clock_lead {
	u64 since_ns;
	s64 least;
	s64 least_before;
};

/*
 * A busy CPU switches 30,000 times a second, each of which is in the wait of everyone who waits
 * there: shares are for who can be told apart by them, and not to fill the ring. A bucket: each
 * share takes one unit of this time, of which no more than a window is kept.
 */
#define SHARE_NS	500000ULL
#define SHARE_WINDOW_NS (1024 * SHARE_NS)

struct run_log {
	u64 next; /* runs written so far */
	struct clock_lead lead;
	struct run runs[RUNS];
	u32 search;
	u32 reserved;
	struct tally tallies[TALLIES];
	struct culprit found;
	struct wait_share share;  /* what the shares of one wait have in common */
	u64 shares_paid_until_ns; /* the bucket is empty until then */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct run_log);
} ls_run_log SEC(".maps");

static __always_inline struct run_log *this_cpu_log(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_run_log, &zero);
}

static __always_inline struct run *run_of_age(struct run_log *log, u32 age)
{
	return &log->runs[(log->next - 1 - age) % RUNS];
}

/*
 * When the scheduler says that the task, which is just coming in, came in: it has read its clock
 * before this program is called. If an interrupt has woken the task, it keeps that reading
 * (rq_clock_skip_update, Linux 5.10 to 6.18), and what the interrupt still does and its softirqs
 * are the new task's time: 8 us on average, 4 ms at worst, of a crowded CPU's switches on
 * Linux 6.18. Charged to the task before, that was up to 1.1 % more than it ran.
 *
 * The two clocks run at nearly the same rate. How far they are apart when both are read at once is
 * the least difference of late.
 */
static __always_inline u64 scheduler_arrival(struct run_log *log, struct task_struct *task, u64 now)
{
	struct clock_lead *lead = &log->lead;
	struct cfs_rq___queue *queue;
	s64 ahead, least;

	if (!bpf_core_field_exists(struct cfs_rq___queue, rq))
		return now;
	queue = ((struct task_struct___queue *)task)->se.cfs_rq;
	if (!queue)
		return now;
	ahead = now - queue->rq->clock;
	if (now - lead->since_ns > LEAD_NS) {
		lead->least_before = now - lead->since_ns > 2 * LEAD_NS ? ahead : lead->least;
		lead->least = ahead;
		lead->since_ns = now;
	}
	if (ahead < lead->least)
		lead->least = ahead;
	least = lead->least < lead->least_before ? lead->least : lead->least_before;
	return now - (ahead - least);
}

/* Where every process is watched there is no target: each thread is a culprit. */
static __always_inline u32 culprit_key(struct task_struct *task)
{
	u32 pid = task->tgid;

	return target_tgid && pid != target_tgid && pid ? pid : task->pid;
}

static __always_inline void log_arrival(struct run_log *log, struct task_struct *task, u64 now)
{
	u32 key = culprit_key(task);
	struct run *run = run_of_age(log, 0);

	/* A thread of the same process comes after another one. */
	if (target_tgid && (u32)task->tgid != target_tgid && key && run->key == key &&
	    run->start_ns)
		return;
	/* Runs follow one another. */
	if (now < run->start_ns)
		now = run->start_ns;
	run = &log->runs[log->next++ % RUNS];
	run->start_ns = now;
	run->work = 0;
	run->tid = task->pid;
	run->pid = task->tgid;
	run->priority = task->prio;
	run->key = key;
	((u64 *)run->comm)[0] = ((u64 *)task->comm)[0];
	((u64 *)run->comm)[1] = ((u64 *)task->comm)[1];
}

/*
 * A switch that was not traced: the newest run is that of another task than the one that leaves,
 * which would be charged for both. When this one came in, the scheduler knows: both of its times
 * are of the runqueue's clock, and the first has just been brought up to date.
 */
static __always_inline void log_missed(struct run_log *log, struct task_struct *task, u64 now)
{
	struct run *run = run_of_age(log, 0);
	u64 arrival = now - (task->se.exec_start - task->sched_info.last_arrival);

	/* Of the idle task the scheduler has no account. */
	if (!task->pid || run->key == culprit_key(task))
		return;
	if (arrival > now || arrival < run->start_ns)
		arrival = run->start_ns;
	log_arrival(log, task, arrival);
}

/* A workqueue's thread leaves: only now is it known what it has worked on. */
static __always_inline void log_leaving(struct run_log *log, struct task_struct *task)
{
	if (task->flags & PF_WQ_WORKER)
		run_of_age(log, 0)->work = work_function_of(task);
}

/* When the run that is age steps back ended. */
static __always_inline u64 end_of(struct run_log *log, u32 age, u64 now)
{
	return age ? run_of_age(log, age - 1)->start_ns : now;
}

/* The entry of a culprit; if it has none, a new one where that is asked for. NULL: no room. */
static __always_inline struct tally *tally_of(struct run_log *log, u32 key, bool may_create)
{
	/* Ids of processes that were started together follow one another (Knuth's hash). */
	u32 first = key * 2654435761u >> (32 - TALLY_BITS);

	for (u32 probe = 0; probe < PROBES; probe++) {
		struct tally *tally = &log->tallies[(first + probe) % TALLIES];

		if (tally->search != log->search) {
			if (!may_create)
				return NULL;
			tally->search = log->search;
			tally->key = key;
			tally->held_ns = 0;
			tally->newest = RUNS;
			return tally;
		}
		if (tally->key == key)
			return tally;
	}
	return NULL;
}

static __always_inline void tally_run(struct run_log *log, struct run *run, u32 age, u64 held)
{
	struct tally *tally = tally_of(log, run->key, true);
	struct culprit *found = &log->found;

	found->runs++;
	found->seen_ns += held;
	if (!tally || tally->newest == RUNS) {
		found->parties++;
		found->tasks += run->key != 0;
	}
	if (!tally)
		return;
	if (tally->newest == RUNS)
		tally->newest = age;
	tally->held_ns += held;
	if (tally->held_ns <= found->held_ns)
		return;
	found->held_ns = tally->held_ns;
	found->newest = tally->newest;
}

/*
 * The functions below are not static and given numbers only, so that the verifier looks at each
 * once and not on each of the ways that lead here, of which Linux 5.10 sees too many.
 */

/* The part of a run that lies in the interval; says whether there may be older ones. */
static __always_inline bool part_of(struct run_log *log, u32 age, u64 since, u64 now, u64 *start,
				    u64 *end)
{
	*start = run_of_age(log, age)->start_ns;
	*end = end_of(log, age, now);
	if (!*start || *end <= since)
		return false;
	if (*start < since)
		*start = since;
	return true;
}

__noinline int find_culprit_of_age(u32 age, u64 since, u64 now)
{
	struct run_log *log = this_cpu_log();
	u64 start, end;

	if (!log || !part_of(log, age, since, now, &start, &end))
		return 0;
	if (end > start)
		tally_run(log, run_of_age(log, age), age, end - start);
	return 1;
}

/*
 * The task that is just leaving has run all the time since then, as in most of the short waits:
 * nothing is to be searched.
 */
static __always_inline bool is_sole_culprit(struct run_log *log, u64 since, u64 now)
{
	struct culprit *found = &log->found;
	struct run *run = run_of_age(log, 0);

	if (!run->start_ns || run->start_ns > since || now <= since)
		return false;
	found->held_ns = now - since;
	found->seen_ns = now - since;
	found->newest = 0;
	found->runs = 1;
	found->parties = 1;
	found->tasks = run->key != 0;
	return true;
}

/*
 * Who ran on this CPU since the given time, and who longest; puts it into the log. To be called
 * before log_arrival, while the newest run is that of the task that is just leaving.
 */
__noinline int find_culprits(u64 since, u64 now)
{
	struct run_log *log = this_cpu_log();

	if (!log)
		return 0;
	log->search++;
	__builtin_memset(&log->found, 0, sizeof(log->found));
	for (u32 age = 0; age < RUNS - 1; age++)
		if (!find_culprit_of_age(age, since, now))
			break;
	return 0;
}

__noinline int send_share_of_age(u32 age, u64 since, u64 now)
{
	struct run_log *log = this_cpu_log();
	struct wait_share *share;
	struct tally *tally;
	struct run *run;
	u64 start, end, sequence;

	if (!log || !part_of(log, age, since, now, &start, &end))
		return 0;
	if (end <= start)
		return 1;
	share = reserve_record(RECORD_WAIT_SHARE, sizeof(*share));
	if (!share)
		return 1;
	sequence = share->header.sequence;
	run = run_of_age(log, age);
	tally = tally_of(log, run->key, false);
	*share = log->share;
	share->header.sequence = sequence;
	share->header.kernel_start_ns = start;
	share->header.kernel_duration_ns = end - start;
	share->offset_ns = start - (now - share->waited_ns);
	share->culprit_held_ns = tally ? tally->held_ns : end - start;
	share->last = !tally || tally->newest == age;
	share->culprit_work.address = run->work;
	share->culprit_tid = run->tid;
	share->culprit_pid = run->pid;
	share->culprit_priority = run->priority;
	/* The idle task is nobody's name. */
	((u64 *)share->culprit)[0] = run->tid ? ((u64 *)run->comm)[0] : 0;
	((u64 *)share->culprit)[1] = run->tid ? ((u64 *)run->comm)[1] : 0;
	/* Kept with the wait that it is a part of. */
	submit_sized(&share->header, RECORD_WAIT_SHARE, sizeof(*share),
		     share->waited_ns >= threshold_ns[RECORD_RUN_QUEUE_WAIT], false);
	return 1;
}

/*
 * Sends a record for each run that find_culprits has just found. What they have in common is in
 * the log already.
 */
__noinline int send_shares(u64 since, u64 now)
{
	for (u32 age = 0; age < RUNS - 1; age++)
		if (!send_share_of_age(age, since, now))
			break;
	return 0;
}

#endif
