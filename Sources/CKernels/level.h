// All kernels of one level. Included once per instruction set, which defines before:
//   LEVEL               a name for what is visible outside
//   LEVEL_LANES         floats per register
//   LEVEL_HAS_COMPRESS  whether AVX-512 is there
//   UNIT_ROWS           units whose sums are taken at once, a multiple of 4
//   UNIT_BLOCKS         blocks of units whose sums are held in registers
//   MOMENT_ROWS         rows that are updated at once when there are moments
//   TILE_ROWS           rows of a register tile
#include "lanes.h"
#include "functions.h"
#include "losses.h"
#include "rules.h"
#include "passes.h"
#include "moves.h"
#include "forward.h"
#include "single.h"
#include "products.h"
#include "batch.h"

static ck_outcome step(
    const ck_network *network, const ck_settings *settings, const float *inputs,
    const float *targets, const float *importances, ptrdiff_t sampleCount, float *scratch
) {
    if (sampleCount == 1) {
        return stepSingle(network, settings, inputs, targets, importances[0], scratch);
    }
    return stepBatch(network, settings, inputs, targets, importances, sampleCount, scratch);
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

const ck_kernels LEVEL = {step, predictAll, evaluate};
