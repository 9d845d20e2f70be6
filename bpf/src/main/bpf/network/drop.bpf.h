/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Packets that the kernel threw away. */
#ifndef LATENCYSCOPE_NETWORK_DROP_H
#define LATENCYSCOPE_NETWORK_DROP_H

#include "scope.bpf.h"
#include "socket.bpf.h"

#define REASONS		256
#define REASON_NAME_LEN 32

/* Names of the running kernel's drop reasons; user space fills them in. */
const volatile char names_of_skb_drop_reason[REASONS][REASON_NAME_LEN];

struct drop {
	struct sk_buff *skb;
	struct net_device *dev; /* NULL: not known, or not in the watched scope */
	struct sock *sk;	/* NULL: not known */
	u64 location;
	u32 reason;
	bool of_target;
};

static __always_inline const char *name_of_reason(u32 reason)
{
	return reason < REASONS ? (const char *)names_of_skb_drop_reason[reason] : NULL;
}

static __always_inline void count_drop(struct drop *drop)
{
	u64 device = drop->dev ? device_id(drop->dev) : 0;
	const char *name = name_of_reason(drop->reason);
	struct subject_measures *measures;

	measures = subject_measures_of(SUBJECT_DROP, (u64)drop->reason << DEVICE_BITS | device,
				       NO_CPU, name);
	if (measures)
		subject_count(&measures->drops, 1);
	/* So that the device's name is known, whatever else it does. */
	measures = drop->dev ? measures_of_device(drop->dev) : NULL;
	if (measures)
		subject_count(&measures->drops, 1);
	if (!drop->of_target || !drop->sk)
		return;
	measures = subject_measures_of(SUBJECT_SOCKET,
				       (u64)drop->reason << 32 | (u64)protocol_of(drop->sk) << 16 |
					       drop->sk->__sk_common.skc_num,
				       NO_CPU, name);
	if (measures)
		subject_count(&measures->drops, 1);
}

struct ports {
	__be16 source;
	__be16 destination;
};

/* Protocol and ports as the packet's headers say, for one that no socket stands for. */
static __always_inline void read_headers(struct sk_buff *skb, struct packet_drop *record)
{
	unsigned char *head = skb->head;
	u16 transport = skb->transport_header;
	struct ports ports = {};
	u8 protocol = 0;

	if (skb->protocol == host_order(ETH_P_IP))
		bpf_probe_read_kernel(&protocol, 1, head + skb->network_header + 9);
	else if (skb->protocol == host_order(ETH_P_IPV6))
		bpf_probe_read_kernel(&protocol, 1, head + skb->network_header + 6);
	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || transport == NO_HEADER)
		return;
	record->protocol = protocol == IPPROTO_TCP ? PROTOCOL_TCP : PROTOCOL_UDP;
	bpf_probe_read_kernel(&ports, sizeof(ports), head + transport);
	record->local_port = host_order(record->outgoing ? ports.source : ports.destination);
	record->remote_port = host_order(record->outgoing ? ports.destination : ports.source);
}

static __always_inline void send_drop(struct drop *drop)
{
	struct task_struct *task = current_task();
	struct packet_drop *record;
	bool of_thread;

	if (!is_wanted(RECORD_PACKET_DROP, 0))
		return;
	record = reserve_record(RECORD_PACKET_DROP, sizeof(*record));
	if (!record)
		return;
	/* What a thread sends is dropped in its own system call; what comes in, in a softirq that
	 * interrupts just anybody. */
	record->outgoing = drop->skb->skb_iif == 0;
	of_thread = record->outgoing && drop->of_target && is_target(task);
	record->header.record = RECORD_PACKET_DROP;
	record->header.kernel_start_ns = bpf_ktime_get_ns();
	record->header.kernel_duration_ns = 0;
	record->header.cpu = bpf_get_smp_processor_id();
	record->header.os_thread_id = of_thread ? thread_id_of(task) : 0;
	record->header.slot = 0;
	copy_comm(record->header.thread, task);
	record->location.address = drop->location;
	record->reason = drop->reason;
	record->bytes = drop->skb->len;
	record->of_target = drop->of_target;
	record->reserved = 0;
	record->protocol = PROTOCOL_OTHER;
	record->local_port = 0;
	record->remote_port = 0;
	__builtin_memset(record->device, 0, IFNAMSIZ);
	if (drop->dev)
		copy_device(record->device, drop->dev);
	if (drop->sk) {
		record->protocol = protocol_of(drop->sk);
		record->local_port = drop->sk->__sk_common.skc_num;
		record->remote_port = host_order(drop->sk->__sk_common.skc_dport);
	} else {
		read_headers(drop->skb, record);
	}
	submit_record(record, RECORD_PACKET_DROP);
}

#endif
