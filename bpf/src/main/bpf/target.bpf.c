// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * target: which process does a pid mean? Programs see the numbers of the initial pid namespace; in
 * a container, user space sees others. Read once, before the modules are loaded.
 */
#include "kernel.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Process to find, as numbered in the pid namespace of whoever reads. */
const volatile u32 wanted_pid;

struct found_target {
	u32 tgid; /* as the initial pid namespace numbers it */
	u32 namespace_level;
};

const struct found_target *__found_target __attribute__((unused));

/* The kernel shows a reader only the tasks that are visible in its own pid namespace. */
SEC("iter/task")
int ls_find_target(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_struct *reader = (void *)bpf_get_current_task();
	struct found_target found = {};
	struct pid *pid;
	u32 number = 0;

	if (!task || task->pid != task->tgid)
		return 0;
	found.tgid = task->tgid;
	found.namespace_level = BPF_CORE_READ(reader, thread_pid, level);
	pid = BPF_CORE_READ(task, thread_pid);
	bpf_probe_read_kernel(&number, sizeof(number),
			      &pid->numbers[found.namespace_level & 31].nr);
	if (number == wanted_pid)
		bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}
