/* Shifts the calendar that a process sees by CALENDAR_SHIFT_SECONDS, and leaves every monotonic clock and every wait as it is.
 *
 * `make calendar` preloads it into the whole test suite: no verdict may depend on today's date. Debian's libfaketime 0.9.10 does not serve:
 * with it, CPython's time.sleep fails (clock_nanosleep to a monotonic instant), or condition variables never wake (sem_clockwait).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t shift(void) {
    const char *seconds = getenv("CALENDAR_SHIFT_SECONDS");
    return seconds == NULL ? 0 : (time_t)atoll(seconds);
}

static int real_clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*next)(clockid_t, struct timespec *);
    if (next == NULL) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    return next(clock, now);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = real_clock_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int failed = clock_gettime(CLOCK_REALTIME, &precise);
    if (!failed) {
        now->tv_sec = precise.tv_sec;
        now->tv_usec = precise.tv_nsec / 1000;
    }
    return failed;
}

time_t time(time_t *now) {
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise)) return (time_t)-1;
    if (now != NULL) *now = precise.tv_sec;
    return precise.tv_sec;
}

/* Waits until an instant of the calendar: the caller computed it from the shifted one. */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    static int (*next)(sem_t *, const struct timespec *);
    if (next == NULL) next = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec unshifted = *until;
    unshifted.tv_sec -= shift();
    return next(semaphore, &unshifted);
}
