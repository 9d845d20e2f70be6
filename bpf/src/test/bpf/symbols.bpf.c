// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Only what tells names of functions. */
#include "symbols.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
