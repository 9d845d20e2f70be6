// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * network: how long the kernel polls devices, how long packets take from a device to the thread
 * that reads them, and which are thrown away.
 *
 * What arrives is put down for every packet of the watched namespace (network/seen.bpf.h); whose
 * it is shows only when a thread of the target has read it.
 */
#include "network/layout.h"
#include "network/scope.bpf.h"
#include "network/seen.bpf.h"
#include "network/socket.bpf.h"
#include "network/delivery.bpf.h"
#include "network/drop.bpf.h"
#include "symbols.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* How many arguments the tracepoint has here: the reason came with Linux 5.17 (c504e5c2f964), the
 * socket with 6.11 (c53795d48ee8). */
const volatile u32 arguments_of_kfree_skb = 4;

/* The name of what has none: the queue of each CPU for devices that do not poll. */
static const char backlog[IFNAMSIZ] = "backlog";

/* Per CPU: when the poll that is going on began; 0 outside of a softirq that polls. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ls_poll_start SEC(".maps");

static __always_inline u64 *poll_start(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ls_poll_start, &zero);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(ls_softirq_entry, unsigned int vector)
{
	u64 *start = vector == NET_RX_SOFTIRQ ? poll_start() : NULL;

	if (start)
		*start = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(ls_softirq_exit, unsigned int vector)
{
	u64 *start = vector == NET_RX_SOFTIRQ ? poll_start() : NULL;

	if (start)
		*start = 0;
	return 0;
}

static __always_inline void send_poll(struct net_device *dev, u64 start, u64 took, u32 work,
				      u32 budget, u32 cpu)
{
	struct task_struct *task = current_task();
	struct napi_poll *record = reserve_record(RECORD_NAPI_POLL, sizeof(*record));

	if (!record)
		return;
	record->header.record = RECORD_NAPI_POLL;
	record->header.kernel_start_ns = start;
	record->header.kernel_duration_ns = took;
	record->header.cpu = cpu;
	/* A thread of the target that is on this CPU waits until the softirq has ended. */
	record->header.os_thread_id = is_target(task) ? thread_id_of(task) : 0;
	record->header.slot = 0;
	copy_comm(record->header.thread, task);
	record->work = work;
	record->budget = budget;
	record->exhausted = work >= budget;
	record->reserved = 0;
	if (dev)
		copy_device(record->device, dev);
	else
		__builtin_memcpy(record->device, backlog, IFNAMSIZ);
	submit_record(record, RECORD_NAPI_POLL);
}

/* Comes when a device has been polled; the poll began with the softirq or ended the last one. */
SEC("tp_btf/napi_poll")
int BPF_PROG(ls_napi_poll, struct napi_struct *napi, int work, int budget)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct subject_measures *measures;
	struct net_device *dev = napi->dev;
	u64 *started = poll_start();
	u64 start = started ? *started : 0;
	u64 now = bpf_ktime_get_ns();

	if (start)
		*started = now;
	if (dev ? !is_watched(dev) : one_interface_only())
		return 0;
	if (!is_recorded(cpu))
		return 0;
	measures = dev ? measures_of_device(dev)
		       : subject_measures_of(SUBJECT_DEVICE, 0, cpu, backlog);
	if (!measures)
		return 0;
	subject_count(&measures->polls, 1);
	subject_count(&measures->poll_work, work);
	if (work >= budget)
		subject_count(&measures->budget_exhausted, 1);
	if (!start) {
		subject_count(&measures->polls_untimed, 1);
		return 0;
	}
	subject_add(&measures->poll, now - start);
	if (is_wanted(RECORD_NAPI_POLL, now - start))
		send_poll(dev, start, now - start, work, budget, cpu);
	return 0;
}

/* A device, or a tunnel, hands a packet to the stack. */
static __always_inline int arrives(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct subject_measures *measures;

	if (!dev || !is_watched(dev))
		return 0;
	remember_arrival(address_of(skb), bpf_ktime_get_ns());
	measures = measures_of_device(dev);
	if (measures)
		subject_count(&measures->packets, 1);
	return 0;
}

SEC("tp_btf/netif_rx")
int BPF_PROG(ls_netif_rx, struct sk_buff *skb)
{
	return arrives(skb);
}

SEC("tp_btf/napi_gro_receive_entry")
int BPF_PROG(ls_napi_gro_receive_entry, struct sk_buff *skb)
{
	return arrives(skb);
}

SEC("tp_btf/napi_gro_frags_entry")
int BPF_PROG(ls_napi_gro_frags_entry, struct sk_buff *skb)
{
	return arrives(skb);
}

SEC("tp_btf/netif_receive_skb_entry")
int BPF_PROG(ls_netif_receive_skb_entry, struct sk_buff *skb)
{
	return arrives(skb);
}

SEC("tp_btf/netif_receive_skb_list_entry")
int BPF_PROG(ls_netif_receive_skb_list_entry, struct sk_buff *skb)
{
	return arrives(skb);
}

/* The stack takes a packet. */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(ls_netif_receive_skb, struct sk_buff *skb)
{
	u32 port = port_of_datagram(skb);
	struct packets_in_hand *hands = port ? packets_in_hand() : NULL;
	struct net_device *dev = skb->dev;
	struct packet_in_hand *hand;

	if (!hands)
		return 0;
	hand = &hands->last[hands->next++ & (PACKETS_IN_HAND - 1)];
	hand->skb = address_of(skb);
	hand->interface_index = dev ? dev->ifindex : 0;
	hand->port = port;
	return 0;
}

/* A packet has been put into the queue of a socket. Whose that is, its reader will tell. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(ls_sk_data_ready, struct sock *sk)
{
	struct socket_state *state;
	enum protocol protocol;
	struct sk_buff *last;
	struct seen *seen;
	u64 now;

	if (!is_inet(sk) || !is_watched_netns(netns_of_sock(sk)))
		return 0;
	protocol = protocol_of(sk);
	if (protocol == PROTOCOL_OTHER)
		return 0;
	state = state_of_socket(sk, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state || state->foreign)
		return 0;
	last = last_queued(sk);
	/* After that look: nothing in the queue arrived later. */
	now = bpf_ktime_get_ns();
	seen = last ? seen_at((u64)last) : NULL;
	if (protocol == PROTOCOL_UDP)
		announce(state, sk, last, seen, now);
	else if (seen && !seen->queued_ns)
		seen->queued_ns = now;
	if (!state->waiting)
		look_at_next(state, sk, protocol, now);
	else if (seen && !state->next.queued_ns && state->next.arrival_ns == arrival_of(seen, now))
		state->next.queued_ns = now; /* it was looked at between its queueing and now */
	return 0;
}

/* A thread comes back from reading a socket. */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(ls_sock_recv_length, struct sock *sk, int result, int flags)
{
	struct task_struct *task = current_task();
	struct socket_state *state;
	struct queued_packet taken;
	enum protocol protocol;
	u64 now;

	if (!is_inet(sk) || !is_watched_netns(netns_of_sock(sk)))
		return 0;
	if (!is_target(task)) {
		disown_socket(sk);
		return 0;
	}
	protocol = protocol_of(sk);
	if (protocol == PROTOCOL_OTHER)
		return 0;
	state = claim_socket(sk);
	if (!state || flags & MSG_PEEK)
		return 0;
	settle_early_read(sk, state, result >= 0);
	if (result < 0)
		return 0;
	/* What comes into the queue from now on is what the next read takes. */
	taken = state->next;
	if (!state->waiting)
		taken.arrival_ns = 0;
	now = bpf_ktime_get_ns();
	/* An empty datagram is one, an empty read from a stream is its end. */
	if ((result > 0 || protocol == PROTOCOL_UDP) && is_recorded(bpf_get_smp_processor_id()))
		deliver(sk, state, &taken, protocol, result, now);
	look_at_next(state, sk, protocol, now);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(ls_sock_send_length, struct sock *sk)
{
	if (is_target(current_task()) && is_inet(sk))
		claim_socket(sk);
	return 0;
}

/*
 * The sockets that the target has open already, once, before all other programs are attached, in
 * the order of these hooks' names. What a file leads to is no pointer that storage can be made
 * with: newer verifiers, also of stable kernels, take it for untrusted. So its address is noted,
 * and who walks all sockets of our network namespace finds it there. Others are known from their
 * first read or write on.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, u64);
	__type(value, u8);
} ls_open_socket_addresses SEC(".maps");

SEC("iter/task_file")
int ls_open_sockets(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct task_struct *task = ctx->task;
	struct socket *socket;
	u8 open = 1;
	u64 sk;

	if (!has_socket_storage || !file || !task || !target_tgid || !is_target(task))
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = address_of(socket->sk);
	bpf_map_update_elem(&ls_open_socket_addresses, &sk, &open, 0);
	return 0;
}

static __always_inline bool is_open_in_target(const void *sk)
{
	u64 address = address_of(sk);

	return has_socket_storage && target_tgid &&
	       bpf_map_lookup_elem(&ls_open_socket_addresses, &address);
}

SEC("iter/tcp")
int ls_open_tcp_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;

	if (sk && is_open_in_target(sk))
		claim_socket((void *)sk);
	return 0;
}

SEC("iter/udp")
int ls_open_udp_sockets(struct bpf_iter__udp *ctx)
{
	struct udp_sock *sk = ctx->udp_sk;

	if (sk && is_open_in_target(sk))
		claim_socket((void *)sk);
	return 0;
}

SEC("tp_btf/kfree_skb")
int ls_kfree_skb(u64 *ctx)
{
	struct drop drop = {
		.skb = (void *)ctx[0],
		.location = ctx[1],
	};
	struct net_device *dev;
	u32 netns;

	/* Volatile, so that the loads are not moved to where the arguments do not exist. */
	if (arguments_of_kfree_skb > 2)
		drop.reason = *(volatile u64 *)&ctx[2];
	if (arguments_of_kfree_skb > 3)
		drop.sk = *(struct sock *volatile *)&ctx[3];
	if (!drop.sk)
		drop.sk = drop.skb->sk;
	if (drop.sk && (!is_inet(drop.sk) || !is_full(drop.sk)))
		drop.sk = NULL;
	/* A datagram that was in a socket's queue keeps something else where its device was. */
	dev = drop.skb->dev;
	netns = drop.sk ? netns_of_sock(drop.sk) : dev ? netns_of(dev) : 0;
	if (!netns || !is_watched_netns(netns))
		return 0;
	drop.dev = dev && netns_of(dev) == netns ? dev : NULL;
	if (one_interface_only() && (!drop.dev || !has_asked_name(drop.dev)))
		return 0;
	drop.of_target = drop.sk && is_of_target(drop.sk);
	count_drop(&drop);
	send_drop(&drop);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ls_sched_process_exit, struct task_struct *task)
{
	struct thread_slot *slot;

	if (ending_thread(task, &slot))
		thread_ended(task, slot);
	return 0;
}
