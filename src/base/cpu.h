/*
 * cpu.h: how many processors this process may use.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include "base/span.h"

/* The CPU limit of the cgroup (v2 cpu.max, else v1 cfs quota), rounded up to whole processors,
 * but no more than the scheduler's affinity mask has. At least 1. */
unsigned cpu_count(void);

/* The limit that the text of a cgroup v2 cpu.max file states ("50000 100000", "max 100000"),
 * rounded up; 0 when it states none or is not such a text. */
unsigned cpu_limit_parse(struct span cpu_max);

#endif
