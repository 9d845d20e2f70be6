/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What is remembered of a socket: when that which its reader will get next had arrived.
 *
 * The kernel does not say which packet a read takes. But packets are read in the order of the
 * queue, so the first of the queue, looked at when a read has ended or when the first packet
 * comes into an empty queue, is what the next read gets.
 */
#ifndef LATENCYSCOPE_NETWORK_SOCKET_H
#define LATENCYSCOPE_NETWORK_SOCKET_H

#include "seen.bpf.h"

struct socket_state {
	u64 arrival_ns; /* 0: not known */
	u64 queued_ns;	/* 0: not known */
	u32 interface_index;
	u32 waiting;   /* there is something to read, of which the above tells */
	u32 of_target; /* a thread of the target uses it */
	u32 foreign;   /* it does not, but another process reads it: nothing is remembered */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_state);
} ls_sockets SEC(".maps");

/* Tracing programs have it since Linux 5.11. */
const volatile bool has_socket_storage = true;

static __always_inline bool is_inet(const struct sock *sk)
{
	u16 family = sk->__sk_common.skc_family;

	return family == AF_INET || family == AF_INET6;
}

static __always_inline bool is_full(const struct sock *sk)
{
	u8 state = sk->__sk_common.skc_state;

	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

static __always_inline enum protocol protocol_of(const struct sock *sk)
{
	u16 protocol = sk->sk_protocol;

	return protocol == IPPROTO_TCP	 ? PROTOCOL_TCP
	       : protocol == IPPROTO_UDP ? PROTOCOL_UDP
					 : PROTOCOL_OTHER;
}

static __always_inline struct socket_state *state_of_socket(const struct sock *sk, u64 flags)
{
	if (!has_socket_storage)
		return NULL;
	return bpf_sk_storage_get(&ls_sockets, (void *)sk, NULL, flags);
}

static __always_inline bool is_of_target(const struct sock *sk)
{
	struct socket_state *state = state_of_socket(sk, 0);

	return state && (!target_tgid || state->of_target);
}

/* Remembers that the current thread, which is one of the target, uses a socket. */
static __always_inline struct socket_state *claim_socket(const struct sock *sk)
{
	struct socket_state *state = state_of_socket(sk, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (state) {
		state->of_target = 1;
		state->foreign = 0;
	}
	return state;
}

/* Remembers that a thread of another process reads a socket. */
static __always_inline void disown_socket(const struct sock *sk)
{
	struct socket_state *state = state_of_socket(sk, 0);

	if (state && !state->of_target)
		state->foreign = 1;
}

/* The first packet that is not read yet; NULL if there is none. */
static __always_inline struct sk_buff *first_unread(const struct sock *sk, enum protocol protocol)
{
	struct udp_sock *udp = (void *)sk;

	/* UDP's reader takes over the whole queue at once, and then reads from its own. */
	if (protocol == PROTOCOL_UDP && BPF_CORE_READ(udp, reader_queue.qlen))
		return BPF_CORE_READ(udp, reader_queue.next);
	return BPF_CORE_READ(sk, sk_receive_queue.qlen) ? BPF_CORE_READ(sk, sk_receive_queue.next)
							: NULL;
}

static __always_inline u32 unread(const struct sock *sk, enum protocol protocol)
{
	u32 length = sk->sk_receive_queue.qlen;

	if (protocol == PROTOCOL_UDP)
		length += BPF_CORE_READ((struct udp_sock *)sk, reader_queue.qlen);
	return length;
}

/* Looks at what the next read will get. */
static __always_inline void look_at_next(struct socket_state *state, const struct sock *sk,
					 enum protocol protocol, u64 now)
{
	struct sk_buff *skb = first_unread(sk, protocol);
	struct seen *seen = skb ? seen_at((u64)skb) : NULL;

	state->arrival_ns = seen ? arrival_of(seen, now) : 0;
	state->queued_ns = seen ? seen->queued_ns : 0;
	state->interface_index = skb ? BPF_CORE_READ(skb, skb_iif) : 0;
	state->waiting = skb != NULL;
}

#endif
