// What every level has.
#ifndef LIMITS_H
#define LIMITS_H

#include <CMachineLimits.h>

// Memory is aligned to 64 bytes and counted in floats, a multiple of 64.
typedef struct {
    float (*multiplyAndAdd)(ptrdiff_t rounds);
    float (*read)(const float *values, ptrdiff_t count);
    float (*update)(float *values, ptrdiff_t count);
} Loops;

#endif
