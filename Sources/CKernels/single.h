// One update from one sample.

// Weights above the first layer that stay in the nearest cache between two passes.
enum { SMALL_NETWORK = 4096 };

// Where a step keeps what it computes.
typedef struct {
    // Inputs and activations, level by level.
    float *activations;
    // Derivatives of the loss by the weighted sums, laid out as the activations.
    float *deltas;
    // Errors that one layer carries down, where several carry them to the same level.
    float *carried;
    // The rows of the layer at hand that are visited.
    int32_t *rows;
    // In a large network by layer the squared norms of what it reads and of its deltas.
    float *inputSquares;
    float *errorSquares;
} Sample;

// Floats of one sample's activations, all levels.
INLINE ptrdiff_t levelFloats(const ck_network *n) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    return top->unitStart + padded(top->unitCount);
}

INLINE Sample sampleIn(const ck_network *n, float *scratch) {
    ptrdiff_t count = levelFloats(n);
    float *squares = scratch + 3 * count;
    return (Sample){
        scratch, scratch + count, scratch + 2 * count,
        (int32_t *)(squares + padded(2 * n->layerCount)), squares, squares + n->layerCount};
}

static void forward(const ck_network *n, int32_t activation, const Sample *sample) {
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        const float *x = sample->activations + l->inputStart;
        float *z = sample->activations + l->unitStart;
        const float *w = n->weights + l->weightStart, *biases = n->weights + l->biasStart;
        int hidden = i + 1 < n->layerCount;
        if (l->inputMajor) {
            const int32_t *rows = fewRows;
            ptrdiff_t count = l->inputCount;
            if (count > FEW_ROWS) {
                count = listNonzero(x, l->inputCount, sample->rows);
                rows = sample->rows;
            }
            forwardInputMajor(l, w, x, rows, count, z);
            activateAll(activation, hidden, biases, l->unitCount, z);
        } else {
            forwardUnitMajor(l, activation, hidden, w, biases, x, z);
        }
    }
}

// An upper bound of the norm of a layer's weights, or of what lies like them, by a pass over them
// when none is known. A little above the truth, so that no rounding makes it a lower one.
INLINE float boundOf(const ck_network *n, ptrdiff_t i, const float *values, float *bound) {
    if (*bound >= 0) return *bound;
    const ck_layer *l = n->layers + i;
    f16 sum = splat(0);
    ptrdiff_t rowCount = l->inputMajor ? l->inputCount : l->unitCount;
    ptrdiff_t length = padded(l->inputMajor ? l->unitCount : l->inputCount);
    for (ptrdiff_t r = 0; r < rowCount; r++) {
        const float *row = values + l->weightStart + r * l->stride;
        for (ptrdiff_t c = 0; c < length; c += 16) sum = load(row + c) * load(row + c) + sum;
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
static float boundOfGradient(const ck_network *n, const Sample *sample) {
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

// The squared norm of the gradient, an outer product in each layer: the errors' times that of the
// inputs and the 1 above the biases. A large network's are used again.
static float squaredGradient(const ck_network *n, const Sample *sample, int isLarge) {
    float sum = 0;
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        float errors = squaredNorm(sample->deltas + l->unitStart, l->unitCount), inputs;
        if (isLarge) {
            inputs = sample->inputSquares[i];
            sample->errorSquares[i] = errors;
        } else {
            inputs = squaredNorm(sample->activations + l->inputStart, l->inputCount);
        }
        sum += errors * (inputs + 1.0f);
    }
    return sum;
}

INLINE Rates ratesOf(const ck_settings *settings, float scale) {
    Rates rates = {settings->rate,  settings->weightDecay, scale, settings->beta1,
                   settings->beta2, settings->epsilon,     1,     1};
    if (settings->rule == CK_ADAM && settings->uniformAge) {
        rates.first = settings->firstCorrections[0];
        rates.second = settings->secondCorrections[0];
    }
    return rates;
}

INLINE int32_t variantOf(const ck_settings *settings) {
    if (settings->uniformAge) return settings->rule;
    switch (settings->rule) {
    case CK_ADAM: return CK_ADAM_AGED;
    case CK_RMSPROP: return CK_RMSPROP_AGED;
    default: return settings->rule;
    }
}

static const float noCorrection[16] __attribute__((aligned(64))) = {0};

// Biases are as old as their units and are not decayed.
static void moveBiases(
    const ck_network *n, const ck_settings *settings, ptrdiff_t i, const float *gradients,
    const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const int32_t rule = variantOf(settings);
    ptrdiff_t start = l->biasStart;
    if (rule == CK_SGD) {
        float *biases = n->weights + start;
        for (ptrdiff_t u = 0; u < l->unitCount; u += 16) {
            f16 gradient = rates->scale * load(gradients + u);
            store(biases + u, load(biases + u) - rates->rate * gradient);
        }
        return;
    }
    Block b = {
        .w = n->weights + start, .m = n->first + start, .s = n->second + start,
        .gradients = gradients, .rowCount = 1, .length = padded(l->unitCount),
        .rowFirst = noCorrection, .rowSecond = noCorrection, .squares = splat(0),
    };
    if (isAged(rule)) {
        b.columnFirst = settings->firstCorrections + l->unitStart;
        b.columnSecond = settings->secondCorrections + l->unitStart;
    }
    moves[rule](&b, rates);
}

// Multiplies the second moments of the rows to visit by what rest has left of them.
static void restoreRows(const Pass *p, const float *remainders) {
    for (ptrdiff_t r = 0; r < p->rowCount; r++) {
        float remainder = remainders[p->rows[r]];
        if (remainder == 1.0f) continue;
        float *s = p->s + p->rows[r] * p->stride;
        for (ptrdiff_t c = 0; c < p->length; c += 16) store(s + c, remainder * load(s + c));
    }
}

// Visits one layer's weights: carries its errors down, updates it, or both.
static void visit(
    const ck_network *n, const ck_settings *settings, const Sample *sample, ptrdiff_t i, int back,
    int update, const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const int32_t rule = variantOf(settings);
    const float *x = sample->activations + l->inputStart, *d = sample->deltas + l->unitStart;
    float *errors = n->bypasses ? sample->carried : sample->deltas + l->inputStart;
    ptrdiff_t start = l->weightStart;
    Pass p = {
        .w = n->weights + start, .m = n->first + start, .s = n->second + start,
        .stride = l->stride, .length = padded(l->inputMajor ? l->unitCount : l->inputCount),
        .coefficients = l->inputMajor ? x : d, .columns = l->inputMajor ? d : x,
        .errors = errors, .rows = sample->rows, .rates = rates, .squares = splat(0),
    };
    if (isAged(rule)) {
        ptrdiff_t row = l->inputMajor ? l->inputStart : l->unitStart;
        ptrdiff_t column = l->inputMajor ? l->unitStart : l->inputStart;
        p.rowFirst = settings->firstCorrections + row;
        p.rowSecond = settings->secondCorrections + row;
        p.columnFirst = settings->firstCorrections + column;
        p.columnSecond = settings->secondCorrections + column;
    }
    // A row may be left out when neither its weights would move nor its error be wanted: the
    // derivative of a resting ReLU is zero.
    int decays = settings->weightDecay != 0;
    const float *remainders = i == 0 ? settings->rowRemainders : 0;
    int rests = !update || (rule == CK_SGD && !decays) || remainders;
    if (back && l->inputMajor && settings->activation != CK_RELU) rests = 0;
    ptrdiff_t count = l->inputMajor ? l->inputCount : l->unitCount;
    if (count <= FEW_ROWS && !remainders) {
        p.rows = fewRows;
        p.rowCount = count;
    } else if (rests) {
        p.rowCount = listNonzero(p.coefficients, count, sample->rows);
    } else {
        p.rowCount = listAll(count, sample->rows);
    }
    if (back) clear(errors, l->inputCount);
    if (update && remainders) restoreRows(&p, remainders);

    if (update) {
        passes[decays][back][rule](&p, (int)l->inputMajor);
    } else {
        carry(&p, (int)l->inputMajor);
    }
    if (back && n->bypasses) {
        float *sums = sample->deltas + l->inputStart;
        for (ptrdiff_t c = 0; c < l->inputCount; c += 16) {
            store(sums + c, load(sums + c) + load(errors + c));
        }
    }
    if (back) {
        // Every layer that reads the level below has been visited; this is the lowest.
        const ck_layer *below = l - 1;
        const float *values = sample->activations + below->unitStart;
        float *deltas = sample->deltas + below->unitStart;
        for (ptrdiff_t c = 0; c < below->unitCount; c += 16) {
            store(deltas + c,
                throughActivation(settings->activation, load(values + c), load(deltas + c)));
        }
    }
    if (update && !isLinear(rule)) n->norms[i] = __builtin_sqrtf(total(p.squares)) * 1.001f;
    if (update) moveBiases(n, settings, i, d, rates);
}

// Follows the norms of weights and first moments through an update by a linear rule: they grow by
// no more than the norm of what is added.
static void growNorms(const ck_network *n, const ck_settings *settings, const Sample *sample) {
    const float more = 1.00001f;
    for (ptrdiff_t i = 1; i < n->layerCount; i++) {
        float *weights = n->norms + i, *moments = n->norms + n->layerCount + i;
        float squares = sample->errorSquares[i] * sample->inputSquares[i];
        float added = __builtin_sqrtf(squares) * 1.001f + settings->weightDecay * *weights;
        if (settings->rule != CK_SGD) {
            if (*moments >= 0) *moments = (settings->beta1 * *moments + added) * more;
            // If none was known, that of the moments as they are now.
            added += boundOf(n, i, n->first, moments);
        }
        *weights = (*weights + settings->rate * added) * more;
    }
}

// Never inlined: no arithmetic may leave the mode in which it is called.
__attribute__((noinline)) static ck_outcome stepSingle(
    const ck_network *n, const ck_settings *settings, const float *inputs, const float *targets,
    float importance, float *scratch
) {
    Sample sample = sampleIn(n, scratch);
    pack(sample.activations, inputs, n->layers[0].inputCount);
    forward(n, settings->activation, &sample);
    const ck_layer *top = n->layers + n->layerCount - 1;
    float loss = importance * lossOf(
        settings->loss, sample.activations + top->unitStart, top->unitCount, targets, importance,
        sample.deltas + top->unitStart);
    if (!isFinite(loss)) return (ck_outcome){loss, __builtin_nanf(""), 0};

    // Updating a layer while its errors are carried down saves a pass over the weights. It can
    // only be done when it is certain that the gradient is finite and will not be clipped.
    // In a small network it is not worth the bound.
    float clip = settings->clip;
    Rates rates = ratesOf(settings, 1);
    int isLarge = !n->bypasses && top->biasStart - n->layers[0].biasStart > SMALL_NETWORK;
    int fused = 0;
    if (isLarge) {
        squareInputs(n, &sample);
        float bound = boundOfGradient(n, &sample);
        fused = clip > 0 ? bound < clip * clip : isFinite(bound);
    }
    if (n->bypasses) clear(sample.deltas, top->unitStart);
    for (ptrdiff_t i = n->layerCount - 1; i > 0; i--) {
        visit(n, settings, &sample, i, 1, fused, &rates);
    }
    float norm = __builtin_sqrtf(squaredGradient(n, &sample, isLarge));
    if (!isFinite(norm)) return (ck_outcome){loss, norm, 0};
    if (clip > 0 && norm > clip) rates.scale = clip / norm;
    for (ptrdiff_t i = fused ? 0 : n->layerCount - 1; i >= 0; i--) {
        visit(n, settings, &sample, i, 0, 1, &rates);
    }
    if (isLarge && isLinear(settings->rule)) growNorms(n, settings, &sample);
    return (ck_outcome){loss, norm, 1};
}
