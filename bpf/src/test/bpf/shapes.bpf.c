// SPDX-License-Identifier: GPL-2.0 OR MIT
/* One struct for every kind of member that the BTF reader has to tell apart. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

typedef const __u32 thread_id;

enum direction {
	DIRECTION_BACK = -1,
	DIRECTION_NONE = 0,
	DIRECTION_FORTH = 1,
};

struct point {
	__s16 x;
	__s16 y;
};

struct every_kind {
	__u64 at_ns;
	__s64 delta_ns;
	thread_id tid;
	enum direction direction;
	struct point where;
	struct point corners[2];
	char name[16];
	__u8 mask[3];
	bool kept;
	union {
		__u32 flags;
		struct {
			__u16 low;
			__u16 high;
		};
	};
	void *owner;
};
const struct every_kind *__record_every_kind __attribute__((unused));

struct with_hole {
	__u8 first;
	__u32 second;
	__u16 last;
};
const struct with_hole *__record_with_hole __attribute__((unused));

struct with_inner_hole {
	struct with_hole pair[2];
	__u32 after;
};
const struct with_inner_hole *__record_with_inner_hole __attribute__((unused));

struct with_bits {
	__u32 low : 3;
	__s32 high : 29;
};
const struct with_bits *__record_with_bits __attribute__((unused));

struct with_bit_hole {
	__u32 low : 3;
	__u32 : 5;
	__u32 high : 24;
};
const struct with_bit_hole *__record_with_bit_hole __attribute__((unused));

struct not_a_record {
	__u32 value;
};

const volatile __u16 limit = 500;
const volatile __u64 ranges[4] = {1, 2, 3, 4};
struct not_a_record plain = {9};
static volatile __u32 hidden;
__u32 counts[5];

SEC("raw_tp/sched_switch")
int ls_test_shapes(void *ctx)
{
	hidden += limit + ranges[1] + plain.value + counts[2];
	return 0;
}
