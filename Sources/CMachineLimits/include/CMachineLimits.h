// What this machine can do at best: loops that do nothing but what the kernels cannot do without.
//
// All work on one piece of memory of this library, so by one thread at a time. What they return
// depends on all that they did, so that no compiler leaves any of it out.
#ifndef CMACHINELIMITS_H
#define CMACHINELIMITS_H

#include <stddef.h>
#include <stdint.h>

enum {
    // Floating-point operations of one round of `cm_multiply_and_add`.
    CM_OPERATIONS = 24 * 16 * 2,
    // Floats that a loop may go over at most.
    CM_FLOATS = 16 << 20,
};

// Whether this machine has the instructions of a level of CKernels.
int32_t cm_has(int32_t level);

// Multiplies and adds once per round in each of 24 chains of sixteen floats.
float cm_multiply_and_add(int32_t level, ptrdiff_t rounds);

// Loads `count` floats, rounded up to a multiple of 64, in each pass.
float cm_read(int32_t level, ptrdiff_t count, ptrdiff_t passes);

// Loads and stores `count` floats, rounded up to a multiple of 64, in each pass.
float cm_update(int32_t level, ptrdiff_t count, ptrdiff_t passes);

#endif
