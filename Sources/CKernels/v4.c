// For machines with AVX-512.
#include <CKernels.h>

#if defined(__x86_64__)
#include <immintrin.h>
// Without the width, clang splits vectors of sixteen into two halves.
#pragma clang attribute push(                                                                      \
    __attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#define LEVEL ck_v4
#define LEVEL_LANES 16
#define LEVEL_HAS_MASKS 1
#define UNIT_BLOCKS 16
#define MOMENT_ROWS 2
#define TILE_ROWS 12
#define SUM_UNITS 4
#define SUM_SAMPLES 4
#define LEAST_GROUP 3
#define LIVE_PERCENT 25
#include "level.h"
#pragma clang attribute pop
#endif
