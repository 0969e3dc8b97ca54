// Weighted sums and activations of one sample.

// Adds biases and applies the activation, if any; what is padding stays zero.
INLINE f16 activated(
    int32_t activation, int hidden, f16 sums, const float *biases, ptrdiff_t left
) {
    sums = sums + load(biases);
    if (hidden) sums = activationOf(activation, sums);
    return left < 16 ? kept(sums, lanesBelow(left)) : sums;
}

// Weighted sums of four units of a unit-major layer, or of fewer and zeros.
INLINE f4 sumUnits(
    const int count, const float *w, ptrdiff_t stride, const float *x, ptrdiff_t length
) {
    f16 s[4] = {splat(0), splat(0), splat(0), splat(0)};
    for (ptrdiff_t i = 0; i < length; i += 16) {
        f16 input = load(x + i);
        UNROLLED for (int r = 0; r < count; r++) s[r] = load(w + r * stride + i) * input + s[r];
    }
    return totals(s[0], s[1], s[2], s[3]);
}

// Weighted sums of the units of one block, of which `left` exist.
INLINE f16 sumBlockOfUnits(
    const float *w, ptrdiff_t stride, const float *x, ptrdiff_t length, ptrdiff_t left
) {
    f4 sums[4];
    UNROLLED for (int g = 0; g < 4; g++) {
        const float *rows = w + 4 * g * stride;
        switch (left - 4 * g < 0 ? 0 : left - 4 * g) {
        case 0: sums[g] = (f4)0.0f; break;
        case 1: sums[g] = sumUnits(1, rows, stride, x, length); break;
        case 2: sums[g] = sumUnits(2, rows, stride, x, length); break;
        case 3: sums[g] = sumUnits(3, rows, stride, x, length); break;
        default: sums[g] = sumUnits(4, rows, stride, x, length); break;
        }
    }
    f8 low = __builtin_shufflevector(sums[0], sums[1], 0, 1, 2, 3, 4, 5, 6, 7);
    f8 high = __builtin_shufflevector(sums[2], sums[3], 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(
        low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// Sums of a block are put together in registers: a vector cannot be loaded from where its parts
// were just stored without a wait.
static void forwardUnitMajor(
    const ck_layer *l, int32_t activation, int hidden, const float *w, const float *biases,
    const float *x, float *z
) {
    ptrdiff_t length = padded(l->inputCount);
    for (ptrdiff_t unit = 0; unit < l->unitCount; unit += 16) {
        ptrdiff_t left = l->unitCount - unit;
        f16 sums = sumBlockOfUnits(w + unit * l->stride, l->stride, x, length, left);
        store(z + unit, activated(activation, hidden, sums, biases + unit, left));
    }
}

// Weighted sums of `count` blocks of units of an input-major layer, in registers over all inputs
// that are not zero.
INLINE void sumBlocks(
    const int count, const float *w, ptrdiff_t stride, const float *x, const int32_t *rows,
    ptrdiff_t rowCount, float *sums
) {
    f16 s[UNIT_BLOCKS < 4 ? 4 : UNIT_BLOCKS];
    UNROLLED for (int b = 0; b < count; b++) s[b] = splat(0);
    for (ptrdiff_t r = 0; r < rowCount; r++) {
        const float *row = w + rows[r] * stride;
        f16 input = splat(x[rows[r]]);
        UNROLLED for (int b = 0; b < count; b++) s[b] = load(row + 16 * b) * input + s[b];
    }
    UNROLLED for (int b = 0; b < count; b++) store(sums + 16 * b, s[b]);
}

static void forwardInputMajor(
    const ck_layer *l, const float *w, const float *x, const int32_t *rows, ptrdiff_t rowCount,
    float *z
) {
    ptrdiff_t length = padded(l->unitCount), unit = 0;
    for (; unit + 16 * UNIT_BLOCKS <= length; unit += 16 * UNIT_BLOCKS) {
        sumBlocks(UNIT_BLOCKS, w + unit, l->stride, x, rows, rowCount, z + unit);
    }
    for (; unit + 64 <= length; unit += 64) {
        sumBlocks(4, w + unit, l->stride, x, rows, rowCount, z + unit);
    }
    for (; unit + 32 <= length; unit += 32) {
        sumBlocks(2, w + unit, l->stride, x, rows, rowCount, z + unit);
    }
    for (; unit < length; unit += 16) {
        sumBlocks(1, w + unit, l->stride, x, rows, rowCount, z + unit);
    }
}

INLINE void activateAll(
    int32_t activation, int hidden, const float *biases, ptrdiff_t count, float *z
) {
    for (ptrdiff_t i = 0; i < count; i += 16) {
        store(z + i, activated(activation, hidden, load(z + i), biases + i, count - i));
    }
}

#if LEVEL_HAS_MASKS
// Lists the indices of the values that are not zero; returns how many they are.
INLINE ptrdiff_t listNonzero(const float *v, ptrdiff_t count, int32_t *list) {
    ptrdiff_t listed = 0;
    i16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    // The padding is zero, and the list has room for a whole block more.
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __mmask16 mask = _mm512_cmp_ps_mask((__m512)load(v + i), _mm512_setzero_ps(), _CMP_NEQ_UQ);
        __m512i some = _mm512_maskz_compress_epi32(mask, (__m512i)index);
        _mm512_storeu_si512(list + listed, some);
        listed += __builtin_popcount(mask);
        index += 16;
    }
    return listed;
}
#else
// Without a branch: whether a unit rests cannot be foretold.
INLINE ptrdiff_t listNonzero(const float *v, ptrdiff_t count, int32_t *list) {
    ptrdiff_t listed = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        list[listed] = (int32_t)i;
        listed += v[i] != 0;
    }
    return listed;
}
#endif

// Rows that are no work to visit, resting or not: listing them would take longer.
enum { FEW_ROWS = 16 };
static const int32_t fewRows[FEW_ROWS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

INLINE ptrdiff_t listAll(ptrdiff_t count, int32_t *list) {
    for (ptrdiff_t i = 0; i < count; i++) list[i] = (int32_t)i;
    return count;
}
