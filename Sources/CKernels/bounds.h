// The norm of one sample's gradient, and what is known of it before errors are carried down.

// Weights above the first layer that stay in the nearest cache between two passes.
enum { SMALL_NETWORK = 4096 };

// Whether a pass over the weights is worth the trouble of sparing it.
INLINE int isLarge(const ck_network *n) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    return !n->bypasses && top->biasStart - n->layers[0].biasStart > SMALL_NETWORK;
}

// An upper bound of the norm of a layer's weights, or of what lies like them, by a pass over them
// when none is known. A little above the truth, so that no rounding makes it a lower one.
INLINE float boundOf(const ck_network *n, ptrdiff_t i, const float *values, float *bound) {
    if (*bound >= 0) return *bound;
    const ck_layer *l = n->layers + i;
    f16 sum = splat(0);
    for (ptrdiff_t r = 0; r < rowsOf(l); r++) {
        sum = addSquares(sum, values + l->weightStart + r * l->stride, rowLength(l));
    }
    *bound = __builtin_sqrtf(total(sum)) * 1.001f;
    return *bound;
}

INLINE void squareInputs(const ck_network *n, const Sample *sample) {
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        sample->inputSquares[i] = squaredNorm(sample->activations + l->inputStart, l->inputCount);
    }
}

// An upper bound of the squared norm of the whole gradient, known before any error was carried
// down: no layer makes errors larger than the norm of its weights.
static float knownBound(const ck_network *n, const Sample *sample) {
    float bound = 0, errors = 0;
    for (ptrdiff_t i = n->layerCount - 1; i >= 0; i--) {
        const ck_layer *l = n->layers + i;
        if (i + 1 == n->layerCount) {
            errors = squaredNorm(sample->deltas + l->unitStart, l->unitCount) * 1.001f;
        }
        bound += errors * (sample->inputSquares[i] * 1.001f + 1.0f);
        if (i > 0) {
            float weights = boundOf(n, i, n->weights, n->norms + i);
            errors *= weights * weights;
        }
    }
    return bound;
}

// The same. Norms that are followed for long become too large: before that makes it infinite, they
// are summed anew, so that whether it is finite depends on the weights and not on their history.
static float boundOfGradient(const ck_network *n, const Sample *sample) {
    float bound = knownBound(n, sample);
    if (isFinite(bound)) return bound;
    for (ptrdiff_t i = 0; i < 2 * n->layerCount; i++) n->norms[i] = -1;
    return knownBound(n, sample);
}

// The squared norm of a large network's gradient in one layer, an outer product: the errors' times
// that of the inputs and the 1 above the biases.
INLINE float squareErrors(const ck_network *n, const Sample *sample, ptrdiff_t i) {
    const ck_layer *l = n->layers + i;
    sample->errorSquares[i] = squaredNorm(sample->deltas + l->unitStart, l->unitCount);
    return sample->errorSquares[i] * (sample->inputSquares[i] + 1.0f);
}

// The squared norm of the whole gradient, when all errors are known. A small network's are not put
// down on the way, which would take its step a thirtieth longer.
static float squaredGradient(const ck_network *n, const Sample *sample) {
    const int large = isLarge(n);
    float sum = 0;
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        float errors, inputs;
        if (large) {
            errors = sample->errorSquares[i];
            inputs = sample->inputSquares[i];
        } else {
            errors = squaredNorm(sample->deltas + l->unitStart, l->unitCount);
            inputs = squaredNorm(sample->activations + l->inputStart, l->inputCount);
        }
        sum += errors * (inputs + 1.0f);
    }
    return sum;
}

// Follows the norms of weights and first moments through an update by a linear rule: they grow by
// no more than the norm of what is added.
static void growNorms(
    const ck_network *n, const ck_settings *settings, const Sample *sample, float scale
) {
    const float more = 1.00001f;
    for (ptrdiff_t i = 1; i < n->layerCount; i++) {
        float *weights = n->norms + i, *moments = n->norms + n->layerCount + i;
        float squares = sample->errorSquares[i] * sample->inputSquares[i];
        float added = scale * __builtin_sqrtf(squares) * 1.001f + settings->weightDecay * *weights;
        if (settings->rule != CK_SGD) {
            if (*moments >= 0) *moments = (settings->beta1 * *moments + added) * more;
            // If none was known, that of the moments as they are now.
            added += boundOf(n, i, n->first, moments);
        }
        *weights = (*weights + settings->rate * added) * more;
    }
}
