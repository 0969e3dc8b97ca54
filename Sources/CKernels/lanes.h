// Vectors of sixteen and sums of them in one fixed order.

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

// Sums run over sixteen lanes whatever the registers hold, so that every level with fused
// multiply-add gives the same bits. `a * b + c` in one expression is fused where there is one.
#pragma STDC FP_CONTRACT ON

// Vectors are passed only to functions that are inlined, so there is no call to have an ABI.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f16 __attribute__((ext_vector_type(16), may_alias));
typedef int32_t i16 __attribute__((ext_vector_type(16), may_alias));
typedef float f8 __attribute__((ext_vector_type(8)));
typedef float f4 __attribute__((ext_vector_type(4)));
typedef float f2 __attribute__((ext_vector_type(2)));

INLINE ptrdiff_t padded(ptrdiff_t count) { return (count + 15) & ~(ptrdiff_t)15; }

INLINE f16 load(const float *p) { return *(const f16 *)p; }
INLINE void store(float *p, f16 v) { *(f16 *)p = v; }
INLINE f16 splat(float x) { return (f16)x; }

// Four values of a block: the upper half onto the lower, and again.
INLINE f4 quarters(f16 v) {
    f8 e = v.lo + v.hi;
    return e.lo + e.hi;
}

// The sum of all lanes: halves onto halves until one is left.
INLINE float total(f16 v) {
    f4 q = quarters(v);
    f2 h = q.lo + q.hi;
    return h.x + h.y;
}

// The same where lanes from `count` on are zero.
INLINE float totalBelow(f16 v, ptrdiff_t count) {
    if (count > 4) return total(v);
    f2 h = v.lo.lo.lo + v.lo.lo.hi;
    return h.x + h.y;
}

// The totals of four blocks, with the bits of `total`.
INLINE f4 totals(f16 a, f16 b, f16 c, f16 d) {
    f4 p = quarters(a), q = quarters(b), r = quarters(c), s = quarters(d);
    f4 x = __builtin_shufflevector(p, q, 0, 1, 4, 5) + __builtin_shufflevector(p, q, 2, 3, 6, 7);
    f4 y = __builtin_shufflevector(r, s, 0, 1, 4, 5) + __builtin_shufflevector(r, s, 2, 3, 6, 7);
    return __builtin_shufflevector(x, y, 0, 2, 4, 6) + __builtin_shufflevector(x, y, 1, 3, 5, 7);
}

// All bits of a lane set below `count`.
INLINE i16 lanesBelow(ptrdiff_t count) {
    const i16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return index < (i16)(int32_t)count;
}

// `v` where the mask is set, else zero.
INLINE f16 kept(f16 v, i16 mask) { return (f16)((i16)v & mask); }

INLINE f16 magnitude(f16 v) { return (f16)((i16)v & (i16)0x7fffffff); }

// The squares of `count` values, of which the last block is padded with zeros, added to sums.
INLINE f16 addSquares(f16 sums, const float *v, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < padded(count); i += 16) {
        f16 x = load(v + i);
        sums = x * x + sums;
    }
    return sums;
}

INLINE float squaredNorm(const float *v, ptrdiff_t count) {
    return total(addSquares(splat(0), v, count));
}

INLINE void multiplyBy(float factor, float *v, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < padded(count); i += 16) store(v + i, factor * load(v + i));
}

// The first `count` values, at most sixteen, at an address of any alignment; zeros behind them.
INLINE f16 loadSome(const float *p, ptrdiff_t count) {
#if LEVEL_HAS_MASKS
    return (f16)_mm512_maskz_loadu_ps(
        (__mmask16)(count < 16 ? (1u << count) - 1 : 0xffff), p);
#else
    f16 v = splat(0);
    if (count >= 16) {
        __builtin_memcpy(&v, p, sizeof v);
    } else {
        UNROLLED for (int i = 0; i < 15; i++) if (i < count) v[i] = p[i];
    }
    return v;
#endif
}

// Copies `count` values that need no alignment, and fills the last block with zeros.
INLINE void pack(float *target, const float *source, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) store(target + i, loadSome(source + i, count - i));
}

INLINE void clear(float *v, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < padded(count); i += 16) store(v + i, splat(0));
}

INLINE int isFinite(float x) { return __builtin_fabsf(x) <= __FLT_MAX__; }
