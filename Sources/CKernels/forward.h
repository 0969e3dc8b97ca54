// Weighted sums and activations of one sample.

// Weighted sums of `count` units of a unit-major layer, which share the loads of the inputs.
INLINE void sumUnits(
    const int count, const float *w, ptrdiff_t stride, const float *x, ptrdiff_t length, float *sums
) {
    f16 s[UNIT_ROWS];
    UNROLLED for (int r = 0; r < count; r++) s[r] = splat(0);
    for (ptrdiff_t i = 0; i < length; i += 16) {
        f16 input = load(x + i);
        UNROLLED for (int r = 0; r < count; r++) s[r] = load(w + r * stride + i) * input + s[r];
    }
    if (count % 4 == 0) {
        UNROLLED for (int r = 0; r < count; r += 4) {
            f4 t = totals(s[r], s[(r + 1) % count], s[(r + 2) % count], s[(r + 3) % count]);
            __builtin_memcpy(sums + r, &t, sizeof t);
        }
    } else {
        UNROLLED for (int r = 0; r < count; r++) sums[r] = total(s[r]);
    }
}

static void forwardUnitMajor(const ck_layer *l, const float *w, const float *x, float *z) {
    ptrdiff_t length = padded(l->inputCount), unit = 0;
    store(z + padded(l->unitCount) - 16, splat(0));
    for (; unit + UNIT_ROWS <= l->unitCount; unit += UNIT_ROWS) {
        sumUnits(UNIT_ROWS, w + unit * l->stride, l->stride, x, length, z + unit);
    }
    for (; unit + 4 <= l->unitCount; unit += 4) {
        sumUnits(4, w + unit * l->stride, l->stride, x, length, z + unit);
    }
    if (unit + 2 <= l->unitCount) {
        sumUnits(2, w + unit * l->stride, l->stride, x, length, z + unit);
        unit += 2;
    }
    if (unit < l->unitCount) sumUnits(1, w + unit * l->stride, l->stride, x, length, z + unit);
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
    for (; unit < length; unit += 16) sumBlocks(1, w + unit, l->stride, x, rows, rowCount, z + unit);
}

// Adds biases and applies the activation, if any; the padding stays zero.
INLINE void activate(int32_t activation, int hidden, const float *biases, ptrdiff_t count, float *z) {
    for (ptrdiff_t i = 0; i < count; i += 16) {
        f16 sum = load(z + i) + load(biases + i);
        if (hidden) sum = activationOf(activation, sum);
        store(z + i, count - i < 16 ? kept(sum, lanesBelow(count - i)) : sum);
    }
}

#if LEVEL_HAS_COMPRESS
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

INLINE ptrdiff_t listAll(ptrdiff_t count, int32_t *list) {
    for (ptrdiff_t i = 0; i < count; i++) list[i] = (int32_t)i;
    return count;
}
