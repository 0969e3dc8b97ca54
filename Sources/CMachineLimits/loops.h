// The loops of one level. Included once per instruction set, which defines LEVEL, the name of what
// is visible outside, and CHAINS, the vectors of sixteen that the registers hold.
#include "limits.h"

#define UNROLLED _Pragma("clang loop unroll(full)")

// Where there is a fused multiply-add, it is what a kernel uses.
#pragma STDC FP_CONTRACT ON
// Vectors never pass through a call.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f16 __attribute__((ext_vector_type(16), may_alias));

static float sum(f16 v) {
    float total = 0;
    UNROLLED for (int i = 0; i < 16; i++) total += v[i];
    return total;
}

static float multiplyAndAdd(ptrdiff_t rounds) {
    f16 chains[CHAINS];
    UNROLLED for (int c = 0; c < CHAINS; c++) chains[c] = (f16)(float)c;
    f16 factor = (f16)0.999f, summand = (f16)0.001f;
    for (ptrdiff_t i = 0; i < rounds * (24 / CHAINS); i++) {
        // Hidden from the compiler, which would otherwise sum the series up.
        __asm__ volatile("" : "+m"(factor));
        f16 own = factor;
        UNROLLED for (int c = 0; c < CHAINS; c++) chains[c] = chains[c] * own + summand;
    }
    f16 total = (f16)0.0f;
    UNROLLED for (int c = 0; c < CHAINS; c++) total += chains[c];
    return sum(total);
}

static float readAll(const float *values, ptrdiff_t count) {
    f16 sums[4] = {(f16)0.0f, (f16)0.0f, (f16)0.0f, (f16)0.0f};
    for (ptrdiff_t i = 0; i < count; i += 64) {
        UNROLLED for (int v = 0; v < 4; v++) sums[v] += *(const f16 *)(values + i + 16 * v);
    }
    return sum(sums[0] + sums[1] + sums[2] + sums[3]);
}

static float updateAll(float *values, ptrdiff_t count) {
    f16 change = (f16)1e-9f;
    for (ptrdiff_t i = 0; i < count; i += 64) {
        UNROLLED for (int v = 0; v < 4; v++) *(f16 *)(values + i + 16 * v) += change;
    }
    return values[0];
}

const Loops LEVEL = {multiplyAndAdd, readAll, updateAll};
