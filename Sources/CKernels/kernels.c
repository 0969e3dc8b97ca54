// The choice among levels, and what they share.
#include <CKernels.h>
#include <stdatomic.h>

extern const ck_kernels ck_baseline;
#if defined(__x86_64__)
extern const ck_kernels ck_v3;
extern const ck_kernels ck_v4;
#endif

const ck_kernels *ck_kernels_of(int32_t level) {
    switch (level) {
    case CK_BASELINE: return &ck_baseline;
#if defined(__x86_64__)
    case CK_V3: return __builtin_cpu_supports("x86-64-v3") ? &ck_v3 : NULL;
    case CK_V4: return __builtin_cpu_supports("x86-64-v4") ? &ck_v4 : NULL;
#endif
    default: return NULL;
    }
}

// Written at most once, before any step; atomic because every thread reads it.
static _Atomic int32_t selected = -1;

int32_t ck_level(void) {
    int32_t level = atomic_load_explicit(&selected, memory_order_relaxed);
    if (level >= 0) return level;
    level = CK_V4;
    while (ck_kernels_of(level) == NULL) level--;
    return level;
}

int32_t ck_select(int32_t level) {
    if (ck_kernels_of(level) == NULL) return 0;
    atomic_store_explicit(&selected, level, memory_order_relaxed);
    return 1;
}

static ptrdiff_t padded(ptrdiff_t count) { return (count + 15) & ~(ptrdiff_t)15; }

static ptrdiff_t longestSide(const ck_layer *layers, ptrdiff_t layerCount) {
    ptrdiff_t side = 0;
    for (ptrdiff_t i = 0; i < layerCount; i++) {
        if (layers[i].inputCount > side) side = layers[i].inputCount;
        if (layers[i].unitCount > side) side = layers[i].unitCount;
    }
    return side;
}

ptrdiff_t ck_scratch_count(const ck_layer *layers, ptrdiff_t layerCount, ptrdiff_t sampleCount) {
    const ck_layer *top = layers + layerCount - 1;
    ptrdiff_t levels = top->unitStart + padded(top->unitCount);
    ptrdiff_t rows = longestSide(layers, layerCount);
    // A list of rows has room for a block more than there are.
    ptrdiff_t single = 3 * levels + padded(2 * layerCount) + padded(rows) + 16;
    if (sampleCount <= 1) return single;
    ptrdiff_t parameters = top->biasStart + padded(top->unitCount);
    ptrdiff_t batch = 5 * levels * padded(sampleCount) + 12 * 32 + parameters + 16 * rows;
    return batch > single ? batch : single;
}

ptrdiff_t ck_predict_scratch_count(
    const ck_layer *layers, ptrdiff_t layerCount, ptrdiff_t sampleCount
) {
    ptrdiff_t single = ck_scratch_count(layers, layerCount, 1);
    if (sampleCount <= 1) return single;
    const ck_layer *top = layers + layerCount - 1;
    ptrdiff_t levels = top->unitStart + padded(top->unitCount) + 16;
    // Groups are filled up to whole tiles, by three samples at most.
    ptrdiff_t rows = sampleCount + 3 < CK_PREDICT_GROUP ? sampleCount + 3 : CK_PREDICT_GROUP;
    ptrdiff_t group = rows * levels + padded(longestSide(layers, layerCount)) + 16;
    return group > single ? group : single;
}
