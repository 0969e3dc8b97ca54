// Predictions: one sample, or several in one pass over the weights with the same bits.

// Samples of a group at most.
enum { GROUP_CAPACITY = 2 * TILE_ROWS };
_Static_assert(GROUP_CAPACITY <= CK_PREDICT_GROUP, "the scratch memory holds a group");

// How many of the samples that are left to take next: whole tiles if there is one.
INLINE ptrdiff_t groupOf(ptrdiff_t left) {
    if (LEAST_GROUP == 0 || left < LEAST_GROUP) return 1;
    if (left < TILE_ROWS) return left;
    return left < GROUP_CAPACITY ? TILE_ROWS : GROUP_CAPACITY;
}

// Rows that a group is filled up to with zeros: a tile of few rows would wait for its own sums.
INLINE ptrdiff_t groupRows(ptrdiff_t count) {
    if (count >= TILE_ROWS) return count;
    return count <= 4 ? 4 : count <= 6 ? 6 : count <= 8 ? 8 : 12;
}

// Floats from sample to sample: an odd number of blocks, so that no two samples share the sets of
// the cache.
INLINE ptrdiff_t groupStride(const ck_network *n) { return levelFloats(n) | 16; }

// Weighted sums of a few units of a unit-major layer for a few samples. Each is summed over
// sixteen lanes and put together as for one sample.
INLINE void sumUnitsOfSamples(
    const int units, const int samples, const float *w, ptrdiff_t wStride, const float *x,
    float *z, ptrdiff_t stride, ptrdiff_t length
) {
    f16 s[SUM_UNITS * SUM_SAMPLES + 3];
    UNROLLED for (int i = 0; i < (units * samples + 3) / 4 * 4; i++) s[i] = splat(0);
    for (ptrdiff_t i = 0; i < length; i += 16) {
        f16 weights[SUM_UNITS];
        UNROLLED for (int u = 0; u < units; u++) weights[u] = load(w + u * wStride + i);
        UNROLLED for (int n = 0; n < samples; n++) {
            f16 input = load(x + n * stride + i);
            UNROLLED for (int u = 0; u < units; u++) {
                s[n * units + u] = weights[u] * input + s[n * units + u];
            }
        }
    }
    UNROLLED for (int g = 0; g < units * samples; g += 4) {
        f4 sums = totals(s[g], s[g + 1], s[g + 2], s[g + 3]);
        UNROLLED for (int i = g; i < g + 4 && i < units * samples; i++) {
            z[i / units * stride + i % units] = sums[i - g];
        }
    }
}

// `rows` is even.
INLINE void sumUnitsOfGroup(
    const int units, const float *w, ptrdiff_t wStride, const float *x, float *z, ptrdiff_t stride,
    ptrdiff_t rows, ptrdiff_t length
) {
    ptrdiff_t r = 0;
    for (; r + SUM_SAMPLES <= rows; r += SUM_SAMPLES) {
        sumUnitsOfSamples(
            units, SUM_SAMPLES, w, wStride, x + r * stride, z + r * stride, stride, length);
    }
    for (; r < rows; r += 2) {
        sumUnitsOfSamples(units, 2, w, wStride, x + r * stride, z + r * stride, stride, length);
    }
}

static void groupUnitMajor(
    const ck_layer *l, const float *w, const float *x, float *z, ptrdiff_t stride, ptrdiff_t rows
) {
    ptrdiff_t length = padded(l->inputCount), unit = 0;
    for (; unit + SUM_UNITS <= l->unitCount; unit += SUM_UNITS) {
        sumUnitsOfGroup(
            SUM_UNITS, w + unit * l->stride, l->stride, x, z + unit, stride, rows, length);
    }
    for (; unit < l->unitCount; unit++) {
        sumUnitsOfGroup(1, w + unit * l->stride, l->stride, x, z + unit, stride, rows, length);
    }
}

INLINE ptrdiff_t countNonzero(const float *v, ptrdiff_t count) {
    i16 zeros = 0;
    for (ptrdiff_t i = 0; i < padded(count); i += 16) zeros += load(v + i) == splat(0);
    ptrdiff_t sum = padded(count);
    UNROLLED for (int i = 0; i < 16; i++) sum += zeros[i];
    return sum;
}

// Inputs of zero add exactly nothing to a sum, so they may be passed over or not.
static void groupInputMajor(
    const ck_layer *l, const float *w, const float *x, float *z, ptrdiff_t stride, ptrdiff_t rows,
    int32_t *list
) {
    ptrdiff_t live = 0;
    for (ptrdiff_t r = 0; r < rows; r++) live += countNonzero(x + r * stride, l->inputCount);
    if (100 * live >= LIVE_PERCENT * rows * l->inputCount) {
        Matrix left = {x, stride, 1};
        multiply(
            rows, padded(l->unitCount), l->inputCount, left, w, l->stride, z, stride);
        return;
    }
    for (ptrdiff_t r = 0; r < rows; r++) {
        ptrdiff_t listed = listNonzero(x + r * stride, l->inputCount, list);
        forwardInputMajor(l, w, x + r * stride, list, listed, z + r * stride);
    }
}

static void forwardGroup(
    const ck_network *n, int32_t activation, float *activations, ptrdiff_t rows
) {
    ptrdiff_t stride = groupStride(n);
    int32_t *list = (int32_t *)(activations + rows * stride);
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        const float *x = activations + l->inputStart, *w = n->weights + l->weightStart;
        float *z = activations + l->unitStart;
        if (l->inputMajor) {
            groupInputMajor(l, w, x, z, stride, rows, list);
        } else {
            groupUnitMajor(l, w, x, z, stride, rows);
        }
        int hidden = i + 1 < n->layerCount;
        for (ptrdiff_t r = 0; r < rows; r++) {
            activateAll(
                activation, hidden, n->weights + l->biasStart, l->unitCount, z + r * stride);
        }
    }
}

static void predictAll(
    const ck_network *n, int32_t activation, int32_t loss, const float *inputs,
    float *predictions, ptrdiff_t sampleCount, float *scratch
) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    ptrdiff_t inputCount = n->layers[0].inputCount, stride = groupStride(n), taken;
    for (ptrdiff_t i = 0; i < sampleCount; i += taken) {
        taken = groupOf(sampleCount - i);
        for (ptrdiff_t s = 0; s < taken; s++) {
            pack(scratch + s * stride, inputs + (i + s) * inputCount, inputCount);
        }
        if (taken == 1) {
            Sample sample = sampleIn(n, scratch);
            forward(n, activation, &sample);
        } else {
            ptrdiff_t rows = groupRows(taken);
            for (ptrdiff_t r = taken; r < rows; r++) clear(scratch + r * stride, inputCount);
            forwardGroup(n, activation, scratch, rows);
        }
        for (ptrdiff_t s = 0; s < taken; s++) {
            predictionOf(
                loss, scratch + s * stride + top->unitStart, top->unitCount,
                predictions + (i + s) * top->unitCount);
        }
    }
}
