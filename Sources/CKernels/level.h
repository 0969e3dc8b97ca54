// All kernels of one level. Included once per instruction set, which defines before:
//   LEVEL               a name for what is visible outside
//   LEVEL_LANES         floats per register
//   LEVEL_HAS_MASKS  whether AVX-512 is there
//   UNIT_BLOCKS         blocks of units whose sums are held in registers
//   MOMENT_ROWS         rows that are updated at once when there are moments
//   TILE_ROWS           rows of a register tile
//   SUM_UNITS           units and
//   SUM_SAMPLES         samples whose sums over sixteen lanes are held in registers
//   LEAST_GROUP         samples from which on predicting them together is faster than one by one;
//                       0 where it never is
//   LIVE_PERCENT        share of inputs that are not zero, from which on a register tile is faster
//                       than passing over the others
#include "lanes.h"
#include "functions.h"
#include "losses.h"
#include "rules.h"
#include "passes.h"
#include "moves.h"
#include "forward.h"
#include "sample.h"
#include "bounds.h"
#include "single.h"
#include "products.h"
#include "predict.h"
#include "batch.h"

// Moments of resting units decay by a factor for ever. Numbers below the normal ones are slow, up
// to a hundred times, and mean nothing here: they count as zero while such a step is made.
#if defined(__x86_64__)
typedef uint32_t FloatMode;
INLINE FloatMode withoutSubnormals(void) {
    FloatMode before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);
    return before;
}
INLINE void restore(FloatMode mode) { __builtin_ia32_ldmxcsr(mode); }
#elif defined(__aarch64__)
typedef uint64_t FloatMode;
INLINE void restore(FloatMode mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }
INLINE FloatMode withoutSubnormals(void) {
    FloatMode before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before) : : "memory");
    restore(before | 1u << 24);
    return before;
}
#else
typedef int FloatMode;
INLINE FloatMode withoutSubnormals(void) { return 0; }
INLINE void restore(FloatMode mode) { (void)mode; }
#endif

// Holds cut connections at zero, whatever the rule has made of their moments.
static void clearCuts(const ck_network *n) {
    ptrdiff_t count = parameterFloats(n);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        store(n->weights + i, kept(load(n->weights + i), load(n->cuts + i) == splat(0)));
    }
}

static ck_outcome step(
    const ck_network *network, const ck_settings *settings, const float *inputs,
    const float *targets, const float *importances, ptrdiff_t sampleCount, float *scratch
) {
    // Changing the mode takes a fifth of the smallest step, and plain SGD keeps no moments.
    int changes = settings->rule != CK_SGD;
    FloatMode mode = 0;
    if (changes) mode = withoutSubnormals();
    ck_outcome outcome =
        sampleCount == 1
        ? stepSingle(network, settings, inputs, targets, importances[0], scratch)
        : stepBatch(network, settings, inputs, targets, importances, sampleCount, scratch);
    if (changes) restore(mode);
    if (network->cuts && outcome.applied) clearCuts(network);
    return outcome;
}

static ptrdiff_t list(const float *values, ptrdiff_t count, int32_t *list) {
    enum { CHUNK = 256 };
    float chunk[CHUNK] __attribute__((aligned(64)));
    ptrdiff_t listed = 0;
    for (ptrdiff_t start = 0; start < count; start += CHUNK) {
        ptrdiff_t left = count - start < CHUNK ? count - start : CHUNK;
        pack(chunk, values + start, left);
        int32_t *found = list + listed;
        ptrdiff_t foundCount = listNonzero(chunk, left, found);
        for (ptrdiff_t i = 0; i < foundCount; i++) found[i] += (int32_t)start;
        listed += foundCount;
    }
    return listed;
}

static void evaluate(int32_t function, const float *values, float *results) {
    f16 v;
    __builtin_memcpy(&v, values, sizeof v);
    switch (function) {
    case 0: v = expOf(v); break;
    case 1: v = tanhOf(v); break;
    case 2: v = sigmoidOf(v); break;
    case 3: UNROLLED for (int i = 0; i < 16; i++) v[i] = logOf(v[i]); break;
    default: UNROLLED for (int i = 0; i < 16; i++) v[i] = log1pOf(v[i]); break;
    }
    __builtin_memcpy(results, &v, sizeof v);
}

const ck_kernels LEVEL = {step, predictAll, list, evaluate};
