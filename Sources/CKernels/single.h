// One update from one sample.

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

// Moves biases against their gradients.
INLINE void descend(
    float *biases, const float *gradients, ptrdiff_t count, const Rates *rates
) {
    for (ptrdiff_t u = 0; u < count; u += 16) {
        f16 gradient = rates->scale * load(gradients + u);
        store(biases + u, load(biases + u) - rates->rate * gradient);
    }
}

// Biases are as old as their units and are not decayed.
static void moveBiases(
    const ck_network *n, const ck_settings *settings, ptrdiff_t i, const float *gradients,
    const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const int32_t rule = variantOf(settings);
    ptrdiff_t start = l->biasStart;
    if (rule == CK_SGD) {
        descend(n->weights + start, gradients, l->unitCount, rates);
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
        multiplyBy(remainder, p->s + p->rows[r] * p->stride, p->length);
    }
}

// What an update by a rule of squares makes of the rows that it need not visit, whose gradient is
// zero: their weights stay, and the means of squares decay. Returns the squares of the weights if
// they are wanted.
static f16 restRows(const Pass *p, ptrdiff_t count, float decay, int wantsSquares) {
    f16 squares = splat(0);
    for (ptrdiff_t r = 0, next = 0; r < count; r++) {
        if (next < p->rowCount && p->rows[next] == r) {
            next++;
            continue;
        }
        if (decay != 1) multiplyBy(decay, p->s + r * p->stride, p->length);
        if (wantsSquares) squares = addSquares(squares, p->w + r * p->stride, p->length);
    }
    return squares;
}

// All that a pass over a layer needs, but the rows to visit and what to do there.
INLINE Pass passOf(const ck_network *n, const Sample *sample, ptrdiff_t i) {
    const ck_layer *l = n->layers + i;
    const float *x = sample->activations + l->inputStart, *d = sample->deltas + l->unitStart;
    ptrdiff_t start = l->weightStart;
    return (Pass){
        .w = n->weights + start, .m = n->first + start, .s = n->second + start,
        .stride = l->stride, .length = rowLength(l),
        .coefficients = l->inputMajor ? x : d, .columns = l->inputMajor ? d : x,
        .rows = sample->rows, .squares = splat(0),
    };
}

// Adds a multiple of a layer's gradient to its parameters, or to moments that lie like them.
static void addGradient(
    const ck_network *n, const Sample *sample, ptrdiff_t i, float *parameters, float factor
) {
    const ck_layer *l = n->layers + i;
    const Rates rates = {.rate = -factor, .scale = 1};
    Pass p = passOf(n, sample, i);
    p.w = parameters + l->weightStart;
    p.rates = &rates;
    p.rowCount = listNonzero(p.coefficients, rowsOf(l), sample->rows);
    update_CK_SGD(&p, (int)l->inputMajor);
    descend(parameters + l->biasStart, sample->deltas + l->unitStart, l->unitCount, &rates);
}

// Takes a part of its gradient back from a layer that a linear rule has updated with all of it.
static void takeBack(
    const ck_network *n, const ck_settings *settings, const Sample *sample, ptrdiff_t i, float part
) {
    float lead = settings->rule == CK_NESTEROV ? 1 + settings->beta1 : 1;
    addGradient(n, sample, i, n->weights, part * lead * settings->rate);
    if (settings->rule != CK_SGD) addGradient(n, sample, i, n->first, -part);
}

// Visits one layer's weights: carries its errors down, updates it, or both.
static void visit(
    const ck_network *n, const ck_settings *settings, const Sample *sample, ptrdiff_t i, int back,
    int update, const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const int32_t rule = variantOf(settings);
    float *errors = n->bypasses ? sample->carried : sample->deltas + l->inputStart;
    Pass p = passOf(n, sample, i);
    p.errors = errors;
    p.rates = rates;
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
    int rests = !update || (mayRest(rule) && !decays) || remainders;
    if (back && l->inputMajor && settings->activation != CK_RELU) rests = 0;
    ptrdiff_t count = rowsOf(l);
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
    if (update && !isLinear(rule)) {
        if (p.rowCount < count && !remainders) {
            float decay = rule == CK_ADAGRAD ? 1 : rates->beta2;
            p.squares += restRows(&p, count, decay, i > 0);
        }
        n->norms[i] = __builtin_sqrtf(total(p.squares)) * 1.001f;
    }
    if (update) moveBiases(n, settings, i, sample->deltas + l->unitStart, rates);
}

// Carries errors from the top down. Where it can, it updates a layer on the way, which saves a pass
// over its weights; returns the lowest layer that was updated.
//
// No layer may be updated unless it is certain that the whole gradient is finite. A linear rule
// may then do so until the layers visited exceed the bound of the gradient by themselves: if those
// below make it exceed the bound, what was too much can be taken back, and is never more than the
// bound, so that nothing is lost to rounding. The other rules must know before that no bound will
// be exceeded. In a small network it is not worth the trouble.
static ptrdiff_t carryDown(
    const ck_network *n, const ck_settings *settings, const Sample *sample, const Rates *rates
) {
    const int large = isLarge(n), linear = isLinear(settings->rule);
    const float limit = settings->clip > 0 ? settings->clip * settings->clip : __FLT_MAX__;
    int fused = 0;
    if (large) {
        squareInputs(n, sample);
        float bound = boundOfGradient(n, sample);
        fused = linear ? isFinite(bound) : bound < limit;
    }
    ptrdiff_t updated = n->layerCount;
    float squares = 0;
    for (ptrdiff_t i = n->layerCount - 1; i >= 0; i--) {
        if (large) squares += squareErrors(n, sample, i);
        if (linear) fused = fused && squares <= limit;
        if (i > 0) visit(n, settings, sample, i, 1, fused, rates);
        if (i > 0 && fused) updated = i;
    }
    return updated;
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

    Rates rates = ratesOf(settings, 1);
    if (n->bypasses) clear(sample.deltas, top->unitStart);
    ptrdiff_t updated = carryDown(n, settings, &sample, &rates);
    float norm = __builtin_sqrtf(squaredGradient(n, &sample));
    if (!isFinite(norm)) return (ck_outcome){loss, norm, 0};
    float clip = settings->clip;
    if (clip > 0 && norm > clip) {
        rates.scale = clip / norm;
        for (ptrdiff_t i = updated; i < n->layerCount; i++) {
            takeBack(n, settings, &sample, i, 1 - rates.scale);
        }
    }
    for (ptrdiff_t i = updated - 1; i >= 0; i--) visit(n, settings, &sample, i, 0, 1, &rates);
    if (isLarge(n) && isLinear(settings->rule)) growNorms(n, settings, &sample, rates.scale);
    return (ck_outcome){loss, norm, 1};
}
