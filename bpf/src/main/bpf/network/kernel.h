/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The kernel's network types, as far as they are used; see ../kernel.h on how. */
#ifndef LATENCYSCOPE_NETWORK_KERNEL_H
#define LATENCYSCOPE_NETWORK_KERNEL_H

#include "../kernel.h"

#define AF_INET		 2
#define AF_INET6	 10
#define IPPROTO_TCP	 6
#define IPPROTO_UDP	 17
#define ETH_P_IP	 0x0800
#define ETH_P_IPV6	 0x86dd
#define MSG_PEEK	 2
#define NET_RX_SOFTIRQ	 3
#define TCP_TIME_WAIT	 6
#define TCP_NEW_SYN_RECV 12
#define IFNAMSIZ	 16
#define NO_HEADER	 0xffff /* an offset that was never set */

/* Numbers differ from kernel to kernel: user space takes the names from the running one. */
enum skb_drop_reason___kernel {
	SKB_DROP_REASON_NOT_SPECIFIED = 2,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	char name[IFNAMSIZ];
	int ifindex;
	possible_net_t nd_net;
};

struct napi_struct {
	struct net_device *dev;
};

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
	__be16 skc_dport;
	__u16 skc_num;
	possible_net_t skc_net;
};

struct sk_buff_head {
	struct sk_buff *next;
	struct sk_buff *prev;
	__u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	u16 sk_protocol;
};

struct udp_sock {
	struct sk_buff_head reader_queue;
};

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned int len;
	int skb_iif;
	__be16 protocol;
	__u16 transport_header;
	__u16 network_header;
	unsigned char *head;
	unsigned char *data;
};

struct file;

struct socket {
	struct sock *sk;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};

struct bpf_iter__udp {
	struct bpf_iter_meta *meta;
	struct udp_sock *udp_sk;
};

#pragma clang attribute pop

static __always_inline u16 host_order(__be16 value)
{
	return value << 8 | value >> 8;
}

#endif
