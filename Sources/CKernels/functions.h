// Elementary functions of our own, so that results do not hang on a C library.
//
// The polynomials are least-squares fits, reweighted until the error was level, of the quotients
// that the comments name. NaN stays NaN. Errors were measured over all floats of the range.

// e^x: below 1.1 ulp; 0 below -87.3, infinite above 88.7.
INLINE f16 expOf(f16 x) {
    const f16 lowest = splat(-87.33654f), highest = splat(88.72283f);
    f16 inside = x < lowest ? lowest : x;
    inside = inside > highest ? highest : inside;
    // Adding and taking away 1.5 · 2^23 rounds to the nearest whole number.
    f16 shifted = inside * 1.44269504f + 12582912.0f;
    f16 k = shifted - 12582912.0f;
    f16 r = inside - k * 0.693359375f;
    r = r + k * 2.12194440e-4f;
    // (e^r - 1 - r) / r²
    f16 p = r * 1.9918356e-4f + 1.3946075e-3f;
    p = p * r + 8.333265e-3f;
    p = p * r + 4.166627e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    f16 y = p * (r * r) + r;
    y = y + 1.0f;
    // Two factors, because 2^128 is no float.
    i16 n = (i16)shifted - (i16)0x4b400000;
    i16 half = n >> 1;
    f16 result = y * (f16)((half + 127) << 23) * (f16)((n - half + 127) << 23);
    result = x > highest ? splat(__builtin_inff()) : result;
    return x < lowest ? splat(0) : result;
}

// 1 / (1 + e^-x) without overflow at either end: below 2.5 ulp.
INLINE f16 sigmoidOf(f16 x) {
    f16 e = expOf(-magnitude(x));
    return (x < splat(0) ? e : splat(1)) / (1.0f + e);
}

// tanh: below 1.4 ulp.
INLINE f16 tanhOf(f16 x) {
    f16 size = magnitude(x);
    f16 large = 1.0f - 2.0f / (expOf(size + size) + 1.0f);
    large = (f16)((i16)large | ((i16)x & (i16)(-0x7fffffff - 1)));
    // (tanh x - x) / x³
    f16 u = x * x;
    f16 p = u * -5.7170424e-3f + 2.0650584e-2f;
    p = p * u - 5.3743497e-2f;
    p = p * u + 1.3331491e-1f;
    p = p * u - 3.3333284e-1f;
    f16 small = p * (u * x) + x;
    return size < splat(0.625f) ? small : large;
}

// ln(1 + f) + k · ln 2 for f from √½ - 1 to √2 - 1.
INLINE float logOfReduced(float f, float k) {
    float s = f / (2.0f + f);
    float u = s * s;
    // (2 atanh(s) - 2 s) / s³
    float p = u * 0.29873273f + 0.39977488f;
    p = p * u + 0.66666776f;
    float y = p * (u * s) + k * -2.12194440e-4f;
    return k * 0.693359375f + (y + 2.0f * s);
}

// ln x for positive normal numbers: below 1.7 ulp of the larger of the result and 1/4.
INLINE float logOf(float x) {
    int32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    int32_t k = (bits - 0x3f3504f3) >> 23;
    bits -= k << 23;
    float m;
    __builtin_memcpy(&m, &bits, sizeof m);
    return logOfReduced(m - 1.0f, (float)k);
}

// ln(1 + x) for x from 0 to 1: below 2.2 ulp.
INLINE float log1pOf(float x) {
    int above = x > 0.41421354f;
    return logOfReduced(above ? 0.5f * (x - 1.0f) : x, above ? 1.0f : 0.0f);
}

INLINE f16 activationOf(int32_t activation, f16 z) {
    switch (activation) {
    case CK_RELU: return z < splat(0) ? splat(0) : z;
    case CK_LEAKY_RELU: return z < splat(0) ? z * 0.01f : z;
    case CK_TANH: return tanhOf(z);
    default: return sigmoidOf(z);
    }
}

// The derivative with respect to the weighted sum, times `error`, from the activation itself. At
// 0, where ReLU has none, the left-hand one is taken.
INLINE f16 throughActivation(int32_t activation, f16 value, f16 error) {
    switch (activation) {
    case CK_RELU: return kept(error, value > splat(0));
    case CK_LEAKY_RELU: return value > splat(0) ? error : error * 0.01f;
    case CK_TANH: return error * (1.0f - value * value);
    default: return error * (value * (1.0f - value));
    }
}
