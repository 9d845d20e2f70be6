/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What a thread of the target has read: counted, and sent if it took long. */
#ifndef LATENCYSCOPE_NETWORK_DELIVERY_H
#define LATENCYSCOPE_NETWORK_DELIVERY_H

#include "scope.bpf.h"
#include "socket.bpf.h"

#define SLOW_NS 1000000

static __always_inline void first_sight(struct task_struct *task, struct thread_state *state)
{
	state->reserved = 0;
}

static __always_inline void send_delivery(struct sock *sk, struct queued_packet *packet,
					  struct thread_slot *slot, u32 slot_index,
					  enum protocol protocol, u32 bytes, u64 now)
{
	struct task_struct *task = current_task();
	struct socket_delivery *record =
		reserve_record(RECORD_SOCKET_DELIVERY, sizeof(struct socket_delivery));

	if (!record)
		return;
	record->header.record = RECORD_SOCKET_DELIVERY;
	record->header.kernel_start_ns = packet->arrival_ns;
	record->header.kernel_duration_ns = now - packet->arrival_ns;
	record->header.cpu = bpf_get_smp_processor_id();
	record->header.os_thread_id = slot->os_thread_id;
	record->header.slot = slot_index;
	copy_comm(record->header.thread, task);
	record->arrival_to_queue_ns =
		packet->queued_ns ? packet->queued_ns - packet->arrival_ns : 0;
	record->queue_to_reader_ns = packet->queued_ns ? now - packet->queued_ns : 0;
	record->protocol = protocol;
	record->local_port = sk->__sk_common.skc_num;
	record->remote_port = host_order(sk->__sk_common.skc_dport);
	record->bytes = bytes;
	record->queued_behind = unread(sk, protocol);
	record->interface_index = packet->interface_index;
	submit_record(record, RECORD_SOCKET_DELIVERY);
}

/* A read of that packet. */
static __always_inline void deliver_timed(struct sock *sk, struct queued_packet *packet,
					  struct thread_slot *slot, u32 slot_index,
					  enum protocol protocol, u32 bytes, u64 now)
{
	if (now - packet->arrival_ns > SLOW_NS)
		slot->measures.deliveries_slow++;
	histogram_add(&slot->measures.delivery, now - packet->arrival_ns);
	/* Read before it was known to be in the queue. */
	if (packet->queued_ns < packet->arrival_ns || packet->queued_ns > now)
		packet->queued_ns = 0;
	if (packet->queued_ns) {
		histogram_add(&slot->measures.delivery_stack,
			      packet->queued_ns - packet->arrival_ns);
		histogram_add(&slot->measures.delivery_queue, now - packet->queued_ns);
	}
	if (!slot->muted && is_wanted(RECORD_SOCKET_DELIVERY, now - packet->arrival_ns))
		send_delivery(sk, packet, slot, slot_index, protocol, bytes, now);
}

/* A read of a datagram that nothing in the queue told of; says whether it has been announced. */
static __always_inline bool deliver_announced(struct sock *sk, struct socket_state *state,
					      struct thread_slot *slot, u32 slot_index, u32 bytes,
					      u64 read_ns)
{
	struct queued_packet *entry = announcement_of_read(state, read_ns);
	struct queued_packet packet;

	if (!entry)
		return false;
	packet = *entry; /* the next announcement may overwrite it */
	state->read_arrival_ns = packet.arrival_ns;
	deliver_timed(sk, &packet, slot, slot_index, PROTOCOL_UDP, bytes, read_ns);
	return true;
}

/* A thread asks again: by now the datagram of its early read should have been announced. */
static __always_inline void settle_early_read(struct sock *sk, struct socket_state *state,
					      bool give_up)
{
	struct early_read early = state->early;
	struct thread_storage *storage;
	struct thread_slot *slot;

	if (!early.read_ns)
		return;
	storage = thread_of(current_task(), &slot, first_sight);
	if (!storage)
		return;
	if (early.os_thread_id == slot->os_thread_id &&
	    deliver_announced(sk, state, slot, storage->slot, early.bytes, early.read_ns)) {
		state->early.read_ns = 0;
	} else if (give_up) {
		state->early.read_ns = 0;
		slot->measures.deliveries_untimed++;
	}
}

/* A read of what waited; of which nothing is known if nothing did. */
static __always_inline void deliver(struct sock *sk, struct socket_state *state,
				    struct queued_packet *taken, enum protocol protocol, u32 bytes,
				    u64 now)
{
	/* Not before it arrived: what is older than can be told would seem so. */
	bool timed = taken->arrival_ns && taken->arrival_ns <= now;
	struct thread_storage *storage;
	struct thread_slot *slot;

	/* It was looked at when its read, by another way, was about to end. */
	if (timed && protocol == PROTOCOL_UDP && taken->arrival_ns <= state->read_arrival_ns)
		timed = false;
	/* Not timed when one interface is watched: it may have come by another. */
	if (!timed && one_interface_only() &&
	    (protocol != PROTOCOL_UDP || !announcement_of_read(state, now)))
		return;
	storage = thread_of(current_task(), &slot, first_sight);
	if (!storage)
		return;
	slot->measures.deliveries++;
	slot->measures.delivered_bytes += bytes;
	if (timed) {
		if (protocol == PROTOCOL_UDP)
			state->read_arrival_ns = taken->arrival_ns;
		deliver_timed(sk, taken, slot, storage->slot, protocol, bytes, now);
	} else if (protocol != PROTOCOL_UDP) {
		slot->measures.deliveries_untimed++;
	} else if (!deliver_announced(sk, state, slot, storage->slot, bytes, now)) {
		state->early.bytes = bytes;
		state->early.os_thread_id = slot->os_thread_id;
		state->early.read_ns = now;
	}
}

#endif
