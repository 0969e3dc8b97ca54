// For machines with AVX2 and fused multiply-add.
#include <CKernels.h>

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LEVEL ck_v3
#define LEVEL_LANES 8
#define LEVEL_HAS_MASKS 0
#define UNIT_BLOCKS 4
#define MOMENT_ROWS 1
#define TILE_ROWS 6
#define SUM_UNITS 2
#define SUM_SAMPLES 2
#define LEAST_GROUP 4
#define LIVE_PERCENT 40
#include "level.h"
#pragma clang attribute pop
#endif
