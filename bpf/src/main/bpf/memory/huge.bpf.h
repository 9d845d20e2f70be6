/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Huge pages that the kernel makes of small ones while the target runs. */
#ifndef LATENCYSCOPE_MEMORY_HUGE_H
#define LATENCYSCOPE_MEMORY_HUGE_H

#include "layout.h"

/* mm/khugepaged.c, enum scan_result: unchanged since it exists. */
#define SCAN_SUCCEED 1

/* The process whose memory that is; 0 if the kernel does not say. */
static __always_inline u32 process_of(struct mm_struct *mm)
{
	struct task_struct *owner = NULL;

	if (bpf_core_field_exists(mm->owner))
		owner = BPF_CORE_READ(mm, owner);
	return owner ? BPF_CORE_READ(owner, tgid) : 0;
}

static __always_inline int count_collapse(struct mm_struct *mm, int status)
{
	struct subject_measures *measures;
	u32 process = process_of(mm);

	if (!process || (target_tgid && process != target_tgid))
		return 0;
	measures = subject_measures_of(SUBJECT_PROCESS, process, NO_CPU, NULL);
	if (measures)
		subject_count(status == SCAN_SUCCEED ? &measures->huge_pages_collapsed
						     : &measures->huge_page_collapses_failed,
			      1);
	return 0;
}

#endif
