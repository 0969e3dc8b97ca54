// Losses and their derivatives, and predictions.

// The largest of `count` values; NaN among them may be passed over.
INLINE float largestOf(const float *v, ptrdiff_t count) {
    float largest = v[0];
    for (ptrdiff_t i = 1; i < count; i++) largest = v[i] > largest ? v[i] : largest;
    return largest;
}

// Fills `weights` with e^(logit - largest), zero beyond `count`, and returns their sum.
INLINE float softmaxWeights(const float *logits, ptrdiff_t count, float largest, float *weights) {
    f16 sum = splat(0);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        f16 e = kept(expOf(load(logits + i) - largest), lanesBelow(count - i));
        store(weights + i, e);
        sum = sum + e;
    }
    return totalBelow(sum, count);
}

INLINE float crossEntropy(
    const float *logits, ptrdiff_t count, float target, float scale, float *deltas
) {
    if (!isFinite(target)) {
        clear(deltas, count);
        return __builtin_nanf("");
    }
    ptrdiff_t label = (ptrdiff_t)target;
    float largest = largestOf(logits, count);
    float sum = softmaxWeights(logits, count, largest, deltas);
    float loss = logOf(sum) + (largest - logits[label]);
    // Not in place of the softmax: a NaN that was passed over is in the sum.
    float share = scale / sum;
    for (ptrdiff_t i = 0; i < count; i += 16) {
        f16 target = lanesBelow(label - i + 1) & ~lanesBelow(label - i) ? splat(scale) : splat(0);
        store(deltas + i, load(deltas + i) * share - target);
    }
    return sum == sum ? loss : sum;
}

INLINE float logistic(float z, float y, float scale, float *deltas) {
    float size = z < 0 ? -z : z;
    float e = expOf(splat(-size)).x;
    float delta = scale * ((z < 0 ? e : 1.0f) / (1.0f + e) - y);
    store(deltas, kept(splat(delta), lanesBelow(1)));
    return (z > 0 ? z : 0) - z * y + log1pOf(e);
}

INLINE float regression(
    int32_t loss, const float *values, ptrdiff_t count, const float *targets, float scale,
    float *deltas
) {
    float share = scale / (float)count;
    f16 sum = splat(0);
    pack(deltas, targets, count);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        f16 error = load(values + i) - load(deltas + i);
        f16 size = magnitude(error);
        f16 sign = error > splat(0) ? splat(1) : error < splat(0) ? splat(-1) : splat(0);
        f16 value, slope;
        switch (loss) {
        case CK_ABSOLUTE:
            value = size;
            slope = sign;
            break;
        case CK_HUBER:
            value = size <= splat(1) ? 0.5f * (error * error) : size - 0.5f;
            slope = size <= splat(1) ? error : sign;
            break;
        default:
            value = error * error;
            slope = error + error;
        }
        sum = sum + kept(value, lanesBelow(count - i));
        store(deltas + i, kept(share * slope, lanesBelow(count - i)));
    }
    return total(sum) / (float)count;
}

// One sample's loss; its derivatives by the outputs, times `scale`, go into `deltas`.
INLINE float lossOf(
    int32_t loss, const float *outputs, ptrdiff_t count, const float *targets, float scale,
    float *deltas
) {
    switch (loss) {
    case CK_LOGISTIC: return logistic(outputs[0], targets[0], scale, deltas);
    case CK_CROSS_ENTROPY: return crossEntropy(outputs, count, targets[0], scale, deltas);
    default: return regression(loss, outputs, count, targets, scale, deltas);
    }
}

// What a prediction says: probabilities or values. `outputs` is overwritten.
INLINE void predictionOf(int32_t loss, float *outputs, ptrdiff_t count, float *prediction) {
    switch (loss) {
    case CK_LOGISTIC:
        prediction[0] = sigmoidOf(splat(outputs[0])).x;
        break;
    case CK_CROSS_ENTROPY: {
        float sum = softmaxWeights(outputs, count, largestOf(outputs, count), outputs);
        for (ptrdiff_t i = 0; i < count; i++) prediction[i] = outputs[i] / sum;
        break;
    }
    default:
        for (ptrdiff_t i = 0; i < count; i++) prediction[i] = outputs[i];
    }
}
