/* What some network drives do to the files under $DRIVE: no shared memory, or no locks.
   Loaded before a program; $REFUSES names what is refused: "memory", "locks" or both. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int refuses(int file, const char *what) {
    const char *drive = getenv("DRIVE"), *refused = getenv("REFUSES");
    char link[64], path[4096];
    if (!drive || !refused || !strstr(refused, what)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return length >= (ssize_t)strlen(drive) && !strncmp(path, drive, strlen(drive));
}

void *mmap(void *at, size_t length, int mode, int flags, int file, off_t from) {
    static void *(*own)(void *, size_t, int, int, int, off_t);
    if (!own) own = dlsym(RTLD_NEXT, "mmap");
    if (file >= 0 && flags & MAP_SHARED && refuses(file, "memory")) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    return own(at, length, mode, flags, file, from);
}

void *mmap64(void *at, size_t length, int mode, int flags, int file, off_t from) {
    return mmap(at, length, mode, flags, file, from);
}

static int command(const char *name, int file, int what, void *with) {
    int (*own)(int, int, ...) = dlsym(RTLD_NEXT, name);
    int locks = what == F_SETLK || what == F_SETLKW || what == F_GETLK;
    if (locks && refuses(file, "locks")) {
        errno = ENOLCK;
        return -1;
    }
    return own(file, what, with);
}

#define COMMAND(name)                                \
    int name(int file, int what, ...) {              \
        va_list rest;                                \
        va_start(rest, what);                        \
        void *with = va_arg(rest, void *);           \
        va_end(rest);                                \
        return command(#name, file, what, with);     \
    }
COMMAND(fcntl)
COMMAND(fcntl64)

int flock(int file, int what) {
    int (*own)(int, int) = dlsym(RTLD_NEXT, "flock");
    if (refuses(file, "locks")) {
        errno = ENOLCK;
        return -1;
    }
    return own(file, what);
}
