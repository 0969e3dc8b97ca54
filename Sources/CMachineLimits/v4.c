// For machines with AVX-512.
#include "limits.h"

#if defined(__x86_64__)
// Without the width, clang splits vectors of sixteen into two halves.
#pragma clang attribute push(                                                                      \
    __attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#define LEVEL cm_v4
#define CHAINS 24
#include "loops.h"
#pragma clang attribute pop
#endif
