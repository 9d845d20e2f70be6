/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the network module sends, remembers and counts. */
#ifndef LATENCYSCOPE_NETWORK_LAYOUT_H
#define LATENCYSCOPE_NETWORK_LAYOUT_H

#include "kernel.h"

enum record {
	RECORD_NAPI_POLL,
	RECORD_SOCKET_DELIVERY,
	RECORD_PACKET_DROP,
};

#include "../histogram.bpf.h"
#include "../record.bpf.h"

enum protocol {
	PROTOCOL_OTHER,
	PROTOCOL_TCP,
	PROTOCOL_UDP,
};

struct napi_poll {
	struct record_header header;
	char device[IFNAMSIZ];
	u32 work;
	u32 budget;
	u32 exhausted;
	u32 reserved;
};

struct socket_delivery {
	struct record_header header;
	u64 arrival_to_queue_ns;
	u64 queue_to_reader_ns;
	enum protocol protocol;
	u32 local_port;
	u32 remote_port;
	u32 bytes;
	u32 queued_behind;
	u32 interface_index;
};

struct packet_drop {
	struct record_header header;
	struct kernel_symbol location;
	char device[IFNAMSIZ];
	enum skb_drop_reason___kernel reason;
	enum protocol protocol;
	u32 local_port;
	u32 remote_port;
	u32 bytes;
	u32 outgoing;
	u32 of_target;
	u32 reserved;
};

const struct napi_poll *__record_napi_poll __attribute__((unused));
const struct socket_delivery *__record_socket_delivery __attribute__((unused));
const struct packet_drop *__record_packet_drop __attribute__((unused));

struct thread_state {
	u64 reserved;
};

struct thread_measures {
	u64 deliveries;
	u64 delivered_bytes;
	/* Read, but when it had arrived is not known. */
	u64 deliveries_untimed;
	u64 deliveries_slow;		 /* of more than a millisecond */
	struct histogram delivery;	 /* from arrival to reader */
	struct histogram delivery_stack; /* from arrival to the socket's queue */
	struct histogram delivery_queue; /* from the socket's queue to reader */
};

#include "../threads.bpf.h"

/*
 * A device's id is its interface index, above which are 24 bits of its namespace's inode number;
 * a drop's is that of the device, above which is the kernel's reason; a socket drop's is the port,
 * above which are protocol and reason.
 */
enum subject {
	SUBJECT_DEVICE,
	SUBJECT_DROP,
	SUBJECT_SOCKET,
};

struct subject_measures {
	u64 packets; /* handed to the stack by the device */
	u64 polls;
	u64 poll_work;
	u64 budget_exhausted;
	/* Outside of a softirq: how long they took is not known. */
	u64 polls_untimed;
	u64 drops;
	struct histogram poll;
};

#include "../subjects.bpf.h"

#endif
