/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What a call is, and how long it asks to wait, from its arguments. */
#ifndef LATENCYSCOPE_SYSCALL_ASKED_H
#define LATENCYSCOPE_SYSCALL_ASKED_H

#include "abi.h"
#include "layout.h"

/* include/uapi/linux/futex.h */
#define FUTEX_WAIT	      0
#define FUTEX_LOCK_PI	      6
#define FUTEX_WAIT_BITSET     9
#define FUTEX_WAIT_REQUEUE_PI 11
#define FUTEX_LOCK_PI2	      13
#define FUTEX_PRIVATE_FLAG    128
#define FUTEX_CLOCK_REALTIME  256

/* include/uapi/linux/time.h */
#define CLOCK_MONOTONIC 1
#define TIMER_ABSTIME	1

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
#define NS_PER_US 1000LL

#define NO_OPERATION (-1)

struct user_time {
	s64 seconds;
	s64 fraction;
};

static __always_inline int futex_operation_of(u32 number, u64 operation)
{
	if (number == SYS_FUTEX_WAITV)
		return OPERATION_WAITV;
	if (number == SYS_FUTEX_WAIT)
		return OPERATION_WAIT2;
	if (number != SYS_FUTEX)
		return NO_OPERATION;
	switch ((u32)operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
	case FUTEX_WAIT:
		return OPERATION_WAIT;
	case FUTEX_WAIT_BITSET:
		return OPERATION_WAIT_BITSET;
	case FUTEX_WAIT_REQUEUE_PI:
		return OPERATION_WAIT_REQUEUE_PI;
	case FUTEX_LOCK_PI:
		return OPERATION_LOCK_PI;
	case FUTEX_LOCK_PI2:
		return OPERATION_LOCK_PI2;
	default:
		return NO_OPERATION; /* it wakes others */
	}
}

/*
 * Nanoseconds of a time in the program's memory; NO_TIME if it is not in memory just now. That is
 * no loss to speak of: the program has just written it.
 */
static __always_inline u64 asked_at(u64 address, s64 fraction_ns)
{
	struct user_time time;

	if (bpf_probe_read_user(&time, sizeof(time), (void *)address) || time.seconds < 0)
		return NO_TIME;
	return time.seconds * NS_PER_S + time.fraction * fraction_ns;
}

/*
 * The same for a deadline. How far off one on the wall clock is cannot be told here: programs have
 * no such clock before Linux 6.1, and since then (c8996c98f703) one that is off by leap seconds.
 */
static __always_inline u64 asked_until(u64 address, bool monotonic, u64 now)
{
	u64 deadline = monotonic ? asked_at(address, 1) : NO_TIME;

	if (deadline == NO_TIME)
		return NO_TIME;
	return deadline > now ? deadline - now : 0;
}

static __always_inline void look_at_futex(struct call *call, struct pt_regs *regs, int operation)
{
	u64 flags = second_argument(regs);
	u64 timeout = fourth_argument(regs);
	bool monotonic = !(flags & FUTEX_CLOCK_REALTIME);

	call->kind = CALL_FUTEX;
	if (operation == OPERATION_LOCK_PI)
		monotonic = false;
	if (operation == OPERATION_WAITV)
		monotonic = fifth_argument(regs) == CLOCK_MONOTONIC;
	if (operation == OPERATION_WAIT2) {
		timeout = fifth_argument(regs);
		monotonic = sixth_argument(regs) == CLOCK_MONOTONIC;
	}
	call->timed = timeout != 0;
	if (!timeout)
		return;
	call->asked_ns = operation == OPERATION_WAIT
				 ? asked_at(timeout, 1)
				 : asked_until(timeout, monotonic, call->start_ns);
}

static __always_inline void sleeps(struct call *call, u64 asked_ns)
{
	call->kind = CALL_SLEEP;
	call->timed = 1;
	call->asked_ns = asked_ns;
}

/* Kind of the call, and the time that it asks for. What it waits on is looked at if it does. */
static __always_inline void look_at(struct call *call, struct pt_regs *regs)
{
	u32 number = call->number;
	int operation = futex_operation_of(number, second_argument(regs));

	call->kind = CALL_OTHER;
	call->timed = 0;
	call->asked_ns = NO_TIME;
	if (operation != NO_OPERATION) {
		look_at_futex(call, regs, operation);
	} else if (number == SYS_NANOSLEEP) {
		sleeps(call, asked_at(first_argument(regs), 1));
	} else if (number == SYS_CLOCK_NANOSLEEP) {
		u64 request = third_argument(regs);

		if (second_argument(regs) & TIMER_ABSTIME)
			sleeps(call, asked_until(request, first_argument(regs) == CLOCK_MONOTONIC,
						 call->start_ns));
		else
			sleeps(call, asked_at(request, 1));
	} else if (number == SYS_POLL) {
		/* Without a descriptor there is nothing to wait for but the time. */
		s32 timeout_ms = third_argument(regs);

		if (!second_argument(regs) && timeout_ms > 0)
			sleeps(call, timeout_ms * NS_PER_MS);
	} else if (number == SYS_PPOLL) {
		if (!second_argument(regs) && third_argument(regs))
			sleeps(call, asked_at(third_argument(regs), 1));
	} else if (number == SYS_SELECT || number == SYS_PSELECT6) {
		if (!first_argument(regs) && fifth_argument(regs))
			sleeps(call, asked_at(fifth_argument(regs),
					      number == SYS_SELECT ? NS_PER_US : 1));
	}
}

#endif
