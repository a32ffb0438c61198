/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wall clock that is wrong by PEERDESK_TEST_CLOCK seconds, for tests. Loaded with LD_PRELOAD before a
 * node; clocks that only count on stay as they are. The product holds none of this. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long shift(void)
{
    const char *wanted = getenv("PEERDESK_TEST_CLOCK");
    return wanted ? atol(wanted) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const int code = real(clock, now);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += shift();
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec here;
    (void)zone;
    const int code = clock_gettime(CLOCK_REALTIME, &here);
    now->tv_sec = here.tv_sec;
    now->tv_usec = here.tv_nsec / 1000;
    return code;
}

time_t time(time_t *out)
{
    struct timespec here;
    clock_gettime(CLOCK_REALTIME, &here);
    if (out)
        *out = here.tv_sec;
    return here.tv_sec;
}
