#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// What these stand for in the C library.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { THREADS = 256 };

struct row {
    uint64_t thread;
    uint64_t count;
    // Of them those that libzmq makes, itself or through the C++ library.
    uint64_t of_zmq;
};

struct module {
    const char *name;
    uintptr_t start;
    uintptr_t end;
};

static struct module modules[] = {{.name = "libzmq"}, {.name = "libstdc++"}};

static struct row *table;
static atomic_uint used;
static _Thread_local struct row *mine;

static int find_module(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    (void)data;
    for (size_t m = 0; m < sizeof modules / sizeof *modules; m++) {
        if (!strstr(info->dlpi_name, modules[m].name)) continue;
        modules[m].start = info->dlpi_addr;
        for (int i = 0; i < info->dlpi_phnum; i++) {
            uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
            if (info->dlpi_phdr[i].p_type == PT_LOAD && end > modules[m].end) modules[m].end = end;
        }
    }
    return 0;
}

__attribute__((constructor)) static void open_table(void) {
    dl_iterate_phdr(find_module, NULL);
    const char *path = getenv("ALLOCATION_COUNTS");
    if (!path) return;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (ftruncate(file, THREADS * sizeof(struct row)) == 0) {
        void *memory = mmap(
            NULL, THREADS * sizeof(struct row), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (memory != MAP_FAILED) table = memory;
    }
    close(file);
}

static void count(const void *caller) {
    if (!table) return;
    if (!mine) {
        unsigned row = atomic_fetch_add(&used, 1);
        if (row >= THREADS) row = THREADS - 1;
        mine = &table[row];
        mine->thread = (uint64_t)syscall(SYS_gettid);
    }
    mine->count++;
    for (size_t m = 0; m < sizeof modules / sizeof *modules; m++) {
        uintptr_t address = (uintptr_t)caller;
        if (address >= modules[m].start && address < modules[m].end) mine->of_zmq++;
    }
}

void *malloc(size_t size) {
    count(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(__builtin_return_address(0));
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count(__builtin_return_address(0));
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count(__builtin_return_address(0));
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
