/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Which devices are of interest. Interface numbers and names are those of a namespace, so a device
 * counts if it is in the target's namespace and, where one was asked for, has that name.
 */
#ifndef LATENCYSCOPE_NETWORK_SCOPE_H
#define LATENCYSCOPE_NETWORK_SCOPE_H

#include "layout.h"

/* Inode number of the network namespace to watch; 0 watches all. */
const volatile u32 target_netns;
/* Name of the one interface to watch, as two words, and which bits of them to compare. */
const volatile u64 interface_name[2];
const volatile u64 interface_mask[2]; /* 0 watches all */

#define INDEX_BITS  20
#define DEVICE_BITS 44

static __always_inline bool one_interface_only(void)
{
	return interface_mask[0];
}

static __always_inline u32 netns_of(struct net_device *dev)
{
	return dev->nd_net.net->ns.inum;
}

static __always_inline u32 netns_of_sock(const struct sock *sk)
{
	return sk->__sk_common.skc_net.net->ns.inum;
}

static __always_inline bool is_watched_netns(u32 netns)
{
	return !target_netns || netns == target_netns;
}

static __always_inline bool has_asked_name(struct net_device *dev)
{
	u64 *name = (u64 *)dev->name;

	return !((name[0] ^ interface_name[0]) & interface_mask[0]) &&
	       !((name[1] ^ interface_name[1]) & interface_mask[1]);
}

static __always_inline bool is_watched(struct net_device *dev)
{
	return is_watched_netns(netns_of(dev)) && (!one_interface_only() || has_asked_name(dev));
}

static __always_inline u64 device_id(struct net_device *dev)
{
	return (u64)(netns_of(dev) & 0xffffff) << INDEX_BITS |
	       (dev->ifindex & ((1 << INDEX_BITS) - 1));
}

static __always_inline struct subject_measures *measures_of_device(struct net_device *dev)
{
	return subject_measures_of(SUBJECT_DEVICE, device_id(dev), bpf_get_smp_processor_id(),
				   dev->name);
}

static __always_inline void copy_device(char *to, struct net_device *dev)
{
	((u64 *)to)[0] = ((u64 *)dev->name)[0];
	((u64 *)to)[1] = ((u64 *)dev->name)[1];
}

#endif
