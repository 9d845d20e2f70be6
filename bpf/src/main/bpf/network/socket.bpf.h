/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What is remembered of a socket: when that which its reader will get next had arrived.
 *
 * The kernel does not say which packet a read takes. But packets are read in the order of the
 * queue, so the first of the queue, looked at when a read has ended or when the first packet
 * comes into an empty queue, is what the next read gets.
 *
 * A thread that asks for datagrams again and again often has one before the kernel says that it is
 * in the queue, which is empty by then. What was meant is the next of the packets for that port
 * that the CPU has in hand. So that the two CPUs need no lock, one writes down what it announces,
 * and the other what it has read; a read that ends before its packet is announced is matched with
 * it when its thread asks again.
 */
#ifndef LATENCYSCOPE_NETWORK_SOCKET_H
#define LATENCYSCOPE_NETWORK_SOCKET_H

#include "seen.bpf.h"

/* What was put into the queue of a socket. */
struct queued_packet {
	u64 arrival_ns; /* 0: not known */
	u64 queued_ns;	/* 0: not known */
	u32 interface_index;
	u32 reserved;
};

/* A read of a datagram that had not been announced. */
struct early_read {
	u64 read_ns; /* 0: none */
	u32 bytes;
	u32 os_thread_id;
};

#define ANNOUNCEMENTS 4

struct socket_state {
	struct queued_packet next;
	u32 waiting;   /* there is something to read, of which the above tells */
	u32 of_target; /* a thread of the target uses it */
	u32 foreign;   /* it does not, but another process reads it: nothing is remembered */
	u32 reserved;
	/* Of datagrams: what was announced last, and when what was read last had arrived. */
	u64 announced;
	struct queued_packet last[ANNOUNCEMENTS];
	u64 read_arrival_ns;
	struct early_read early;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_state);
} ls_sockets SEC(".maps");

#define PACKETS_IN_HAND 16 /* twice what the kernel takes at once */

/* A packet that a CPU hands to the stack. Its memory may be somebody else's by now. */
struct packet_in_hand {
	u64 skb;
	u32 interface_index;
	u32 port; /* 0: it is no datagram */
};

struct packets_in_hand {
	u64 next;
	struct packet_in_hand last[PACKETS_IN_HAND];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct packets_in_hand);
} ls_packets_in_hand SEC(".maps");

/* Tracing programs have it since Linux 5.11 (8e4597c627fb). */
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

/* What a queue's pointer leads to; NULL if that is the queue itself, which is empty then. */
static __always_inline struct sk_buff *in_queue(const struct sk_buff_head *queue,
						struct sk_buff *skb)
{
	return address_of(queue) == (u64)skb ? NULL : skb;
}

static __always_inline struct sk_buff *last_queued(const struct sock *sk)
{
	return in_queue(&sk->sk_receive_queue, BPF_CORE_READ(sk, sk_receive_queue.prev));
}

/* The first packet that is not read yet; NULL if there is none. */
static __always_inline struct sk_buff *first_unread(const struct sock *sk, enum protocol protocol)
{
	struct udp_sock *udp = (void *)sk;
	struct sk_buff *skb = NULL;

	/* UDP's reader takes over the whole queue at once, and then reads from its own. */
	if (protocol == PROTOCOL_UDP)
		skb = in_queue(&udp->reader_queue, BPF_CORE_READ(udp, reader_queue.next));
	return skb ? skb
		   : in_queue(&sk->sk_receive_queue, BPF_CORE_READ(sk, sk_receive_queue.next));
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

	state->next.arrival_ns = seen ? arrival_of(seen, now) : 0;
	state->next.queued_ns = seen ? seen->queued_ns : 0;
	state->next.interface_index = skb ? BPF_CORE_READ(skb, skb_iif) : 0;
	state->waiting = skb != NULL;
}

static __always_inline struct packets_in_hand *packets_in_hand(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_packets_in_hand, &zero);
}

/* The port that a datagram is for; 0 if it is none. Its first header is that of IP. */
static __always_inline u32 port_of_datagram(struct sk_buff *skb)
{
	const unsigned char *data = skb->data;
	unsigned char headers[44] = {};
	u32 at = 42;
	__be16 port;

	if (bpf_probe_read_kernel(headers, sizeof(headers), data))
		return 0;
	if (skb->protocol == host_order(ETH_P_IP)) {
		if (headers[9] != IPPROTO_UDP)
			return 0;
		at = (headers[0] & 15) * 4 + 2;
	} else if (skb->protocol != host_order(ETH_P_IPV6) || headers[6] != IPPROTO_UDP) {
		return 0;
	}
	if (bpf_probe_read_kernel(&port, sizeof(port), data + at))
		return 0;
	return host_order(port);
}

/* The next datagram in this CPU's hands that was not announced to the socket yet. */
static __always_inline struct packet_in_hand *next_in_hand(struct socket_state *state,
							   const struct sock *sk, u64 now)
{
	struct packets_in_hand *hands = packets_in_hand();
	u64 before = state->last[(state->announced - 1) & (ANNOUNCEMENTS - 1)].arrival_ns;
	u32 port = sk->__sk_common.skc_num;
	struct packet_in_hand *hand;
	struct seen *seen;

	if (!hands)
		return NULL;
	for (u32 i = 0; i < PACKETS_IN_HAND; i++) {
		hand = &hands->last[(hands->next + i) & (PACKETS_IN_HAND - 1)];
		seen = hand->port == port ? seen_at(hand->skb) : NULL;
		if (seen && !seen->queued_ns && arrival_of(seen, now) > before)
			return hand;
	}
	return NULL;
}

/*
 * Writes down that a datagram was put into the queue: the last that is there, which was seen then,
 * or one that was taken out already.
 */
static __always_inline void announce(struct socket_state *state, const struct sock *sk,
				     struct sk_buff *last, struct seen *seen, u64 now)
{
	struct packet_in_hand *hand = last ? NULL : next_in_hand(state, sk, now);
	struct queued_packet *entry = &state->last[state->announced & (ANNOUNCEMENTS - 1)];

	if (hand)
		seen = seen_at(hand->skb);
	if (!seen)
		return;
	if (!seen->queued_ns)
		seen->queued_ns = now;
	entry->arrival_ns = arrival_of(seen, now);
	entry->queued_ns = seen->queued_ns;
	entry->interface_index = hand ? hand->interface_index : BPF_CORE_READ(last, skb_iif);
	state->announced++;
}

/* The first datagram that was announced and not read when this read ended. */
static __always_inline struct queued_packet *announcement_of_read(struct socket_state *state,
								  u64 read_ns)
{
	struct queued_packet *entry;

	for (u32 i = 0; i < ANNOUNCEMENTS; i++) {
		entry = &state->last[(state->announced + i) & (ANNOUNCEMENTS - 1)];
		if (entry->arrival_ns > state->read_arrival_ns && entry->arrival_ns <= read_ns)
			return entry;
	}
	return NULL;
}

#endif
