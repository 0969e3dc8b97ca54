// The choice among levels, and the memory they work on.
#include "limits.h"

extern const Loops cm_baseline;
#if defined(__x86_64__)
extern const Loops cm_v3;
extern const Loops cm_v4;
#endif

static const Loops *loopsOf(int32_t level) {
    switch (level) {
    case 0: return &cm_baseline;
#if defined(__x86_64__)
    case 1: return __builtin_cpu_supports("x86-64-v3") ? &cm_v3 : NULL;
    case 2: return __builtin_cpu_supports("x86-64-v4") ? &cm_v4 : NULL;
#endif
    default: return NULL;
    }
}

static float memory[CM_FLOATS] __attribute__((aligned(64)));

static ptrdiff_t bounded(ptrdiff_t count) {
    count = (count + 63) / 64 * 64;
    return count < CM_FLOATS ? count : CM_FLOATS;
}

int32_t cm_has(int32_t level) { return loopsOf(level) != NULL; }

float cm_multiply_and_add(int32_t level, ptrdiff_t rounds) {
    return loopsOf(level)->multiplyAndAdd(rounds);
}

float cm_read(int32_t level, ptrdiff_t count, ptrdiff_t passes) {
    float total = 0;
    for (ptrdiff_t i = 0; i < passes; i++) total += loopsOf(level)->read(memory, bounded(count));
    return total;
}

float cm_update(int32_t level, ptrdiff_t count, ptrdiff_t passes) {
    float total = 0;
    for (ptrdiff_t i = 0; i < passes; i++) {
        total += loopsOf(level)->update(memory, bounded(count));
    }
    return total;
}
