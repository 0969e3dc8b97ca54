// One update from a micro-batch.

// Where a step keeps what it computes. Each quantity lies there twice: by sample, and by unit with
// the samples along the lanes, whose count is padded to whole blocks.
typedef struct {
    ptrdiff_t count;
    ptrdiff_t lanes;
    float *activations;
    float *activationsByUnit;
    float *deltas;
    float *deltasByUnit;
    // Errors that one layer carries down, where several carry them to the same level.
    float *carried;
    // The gradient, laid out as the parameters.
    float *gradient;
    // Sixteen partial sums per row of a layer.
    float *rowSquares;
    // One tile of a gradient.
    float *tile;
} Batch;

enum { TILE_CAPACITY = 12 * 32 };

// Tiles are applied in whole blocks of sixteen columns.
enum { TILE_STRIDE = TILE_COLUMNS < 16 ? 16 : TILE_COLUMNS };

INLINE ptrdiff_t parameterFloats(const ck_network *n) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    return top->biasStart + padded(top->unitCount);
}

INLINE Batch batchIn(const ck_network *n, ptrdiff_t count, float *scratch) {
    Batch b = {.count = count, .lanes = padded(count)};
    ptrdiff_t size = levelFloats(n) * b.lanes;
    b.activations = scratch;
    b.activationsByUnit = scratch + size;
    b.deltas = scratch + 2 * size;
    b.deltasByUnit = scratch + 3 * size;
    b.carried = scratch + 4 * size;
    b.tile = scratch + 5 * size;
    b.gradient = b.tile + TILE_CAPACITY;
    b.rowSquares = b.gradient + parameterFloats(n);
    return b;
}

static void forwardBatch(const ck_network *n, int32_t activation, const Batch *b) {
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        const ck_layer *l = n->layers + i;
        float *z = b->activationsByUnit + l->unitStart * b->lanes;
        const float *x = b->activationsByUnit + l->inputStart * b->lanes;
        Matrix w = {n->weights + l->weightStart, l->inputMajor ? 1 : l->stride,
                    l->inputMajor ? l->stride : 1};
        multiply(l->unitCount, b->lanes, l->inputCount, w, x, b->lanes, z, b->lanes);
        int hidden = i + 1 < n->layerCount;
        for (ptrdiff_t u = 0; u < padded(l->unitCount); u++) {
            float bias = n->weights[l->biasStart + u];
            for (ptrdiff_t s = 0; s < b->lanes; s += 16) {
                f16 sum = load(z + u * b->lanes + s) + bias;
                if (hidden) sum = activationOf(activation, sum);
                store(z + u * b->lanes + s, u < l->unitCount ? sum : splat(0));
            }
        }
        // By sample for the loss, and where the layer above is unit-major.
        if (!hidden || !n->layers[i + 1].inputMajor) {
            transpose(z, padded(l->unitCount), b->lanes, b->lanes,
                b->activations + l->unitStart * b->lanes, padded(l->unitCount));
        }
    }
}

// Fills the deltas of the outputs; returns the mean weighted loss.
static float lossOfBatch(
    const ck_network *n, const ck_settings *settings, const float *targets,
    const float *importances, const Batch *b
) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    ptrdiff_t width = padded(top->unitCount);
    float *deltas = b->deltas + top->unitStart * b->lanes;
    const float *outputs = b->activations + top->unitStart * b->lanes;
    ptrdiff_t targetCount = settings->loss <= CK_CROSS_ENTROPY ? 1 : top->unitCount;
    float sum = 0;
    for (ptrdiff_t s = 0; s < b->count; s++) {
        sum += importances[s] * lossOf(
            settings->loss, outputs + s * width, top->unitCount, targets + s * targetCount,
            importances[s] / (float)b->count, deltas + s * width);
    }
    clear(deltas + b->count * width, (b->lanes - b->count) * width);
    transpose(deltas, b->lanes, width, width, b->deltasByUnit + top->unitStart * b->lanes,
        b->lanes);
    return sum / (float)b->count;
}

static void backwardBatch(const ck_network *n, int32_t activation, const Batch *b) {
    const ck_layer *top = n->layers + n->layerCount - 1;
    if (n->bypasses) clear(b->deltasByUnit, top->unitStart * b->lanes);
    for (ptrdiff_t i = n->layerCount - 1; i > 0; i--) {
        const ck_layer *l = n->layers + i;
        float *sums = b->deltasByUnit + l->inputStart * b->lanes;
        float *carried = n->bypasses ? b->carried : sums;
        Matrix w = {n->weights + l->weightStart, l->inputMajor ? l->stride : 1,
                    l->inputMajor ? 1 : l->stride};
        multiply(l->inputCount, b->lanes, l->unitCount, w,
            b->deltasByUnit + l->unitStart * b->lanes, b->lanes, carried, b->lanes);
        if (n->bypasses) {
            for (ptrdiff_t j = 0; j < l->inputCount * b->lanes; j += 16) {
                store(sums + j, load(sums + j) + load(carried + j));
            }
        }
        // Every layer that reads the level below has been visited; this is the lowest.
        const ck_layer *below = l - 1;
        float *errors = b->deltasByUnit + below->unitStart * b->lanes;
        const float *x = b->activationsByUnit + below->unitStart * b->lanes;
        ptrdiff_t size = below->unitCount * b->lanes, width = padded(below->unitCount);
        for (ptrdiff_t j = 0; j < size; j += 16) {
            store(errors + j, throughActivation(activation, load(x + j), load(errors + j)));
        }
        clear(errors + size, (width - below->unitCount) * b->lanes);
        // By sample where the layer below is input-major.
        if (below->inputMajor) {
            transpose(errors, width, b->lanes, b->lanes,
                b->deltas + below->unitStart * b->lanes, width);
        }
    }
}

// An upper bound of the norm of the gradient: the sum of those of the samples.
static float boundOfBatch(const ck_network *n, const Batch *b) {
    f16 bound = splat(0);
    for (ptrdiff_t s = 0; s < b->lanes; s += 16) {
        f16 squares = splat(0);
        for (ptrdiff_t i = 0; i < n->layerCount; i++) {
            const ck_layer *l = n->layers + i;
            const float *x = b->activationsByUnit + l->inputStart * b->lanes + s;
            const float *d = b->deltasByUnit + l->unitStart * b->lanes + s;
            f16 inputs = splat(1), errors = splat(0);
            for (ptrdiff_t u = 0; u < l->inputCount; u++) {
                inputs = load(x + u * b->lanes) * load(x + u * b->lanes) + inputs;
            }
            for (ptrdiff_t u = 0; u < l->unitCount; u++) {
                errors = load(d + u * b->lanes) * load(d + u * b->lanes) + errors;
            }
            squares = inputs * errors + squares;
        }
        bound += __builtin_elementwise_sqrt(squares);
    }
    return total(bound) * 1.001f;
}

// What a layer's gradient is the product of, and where its rows and columns lie.
typedef struct {
    ptrdiff_t rows;
    ptrdiff_t columns;
    Matrix left;
    const float *right;
    ptrdiff_t rowLevel;
    ptrdiff_t columnLevel;
} Factors;

INLINE Factors factorsOf(const ck_layer *l, const Batch *b) {
    Factors f;
    f.rows = rowsOf(l);
    f.columns = rowLength(l);
    f.rowLevel = l->inputMajor ? l->inputStart : l->unitStart;
    f.columnLevel = l->inputMajor ? l->unitStart : l->inputStart;
    f.left = (Matrix){
        (l->inputMajor ? b->activationsByUnit : b->deltasByUnit) + f.rowLevel * b->lanes,
        b->lanes, 1};
    f.right = (l->inputMajor ? b->deltas : b->activations) + f.columnLevel * b->lanes;
    return f;
}

// The block of a layer's weights from `row` and `column` on, with all but its gradients.
INLINE Block blockOf(
    const ck_network *n, const ck_settings *settings, const ck_layer *l, const Factors *f,
    const Batch *b, ptrdiff_t row, ptrdiff_t column
) {
    ptrdiff_t start = l->weightStart + row * l->stride + column;
    Block block = {
        .w = n->weights + start, .m = n->first + start, .s = n->second + start,
        .stride = l->stride, .weightDecay = settings->weightDecay,
        .gradientSquares = b->rowSquares + 16 * row, .squares = splat(0),
    };
    if (isAged(variantOf(settings))) {
        block.rowFirst = settings->firstCorrections + f->rowLevel + row;
        block.rowSecond = settings->secondCorrections + f->rowLevel + row;
        block.columnFirst = settings->firstCorrections + f->columnLevel + column;
        block.columnSecond = settings->secondCorrections + f->columnLevel + column;
    }
    return block;
}

// Sums the gradients of a layer's biases; returns their squared norm.
static float biasGradient(const ck_layer *l, const Batch *b) {
    float *gradient = b->gradient + l->biasStart;
    const float *d = b->deltasByUnit + l->unitStart * b->lanes;
    store(gradient + padded(l->unitCount) - 16, splat(0));
    for (ptrdiff_t u = 0; u < l->unitCount; u++) {
        f16 sum = splat(0);
        for (ptrdiff_t s = 0; s < b->lanes; s += 16) sum += load(d + u * b->lanes + s);
        gradient[u] = total(sum);
    }
    return squaredNorm(gradient, l->unitCount);
}

INLINE float sumOfRows(const Batch *b, ptrdiff_t rows) {
    f16 sum = splat(0);
    for (ptrdiff_t r = 0; r < rows; r++) sum += load(b->rowSquares + 16 * r);
    return total(sum);
}

// Makes a layer's gradient tile by tile and applies each at once, so that it need not be stored.
// Returns the squared norm of the gradient.
static float learnTiles(
    const ck_network *n, const ck_settings *settings, ptrdiff_t i, const Batch *b,
    const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const Factors f = factorsOf(l, b);
    const MoveFunction move = moves[variantOf(settings)];
    f16 weights = splat(0);
    clear(b->rowSquares, 16 * f.rows);
    for (ptrdiff_t r = 0; r < f.rows;) {
        Matrix left = {f.left.start + r * f.left.row, f.left.row, 1};
        ptrdiff_t made = f.rows - r;
        for (ptrdiff_t c = 0; c < f.columns; c += TILE_STRIDE) {
            ptrdiff_t width = f.columns - c < TILE_STRIDE ? f.columns - c : TILE_STRIDE;
            for (ptrdiff_t part = 0; part < width; part += TILE_COLUMNS) {
                made = makeTile(
                    f.rows - r, width - part, left, f.right + c + part, f.columns, b->count,
                    b->tile + part, TILE_STRIDE);
            }
            Block block = blockOf(n, settings, l, &f, b, r, c);
            block.gradients = b->tile;
            block.gradientStride = TILE_STRIDE;
            block.rowCount = made;
            block.length = width;
            move(&block, rates);
            weights += block.squares;
        }
        r += made;
    }
    float squares = sumOfRows(b, f.rows);
    n->norms[i] = __builtin_sqrtf(total(weights)) * 1.001f;
    n->norms[n->layerCount + i] = -1;
    return squares;
}

// Makes a layer's gradient and stores it; returns its squared norm, with the bits of `learnTiles`.
static float storeGradient(const ck_network *n, ptrdiff_t i, const Batch *b) {
    const ck_layer *l = n->layers + i;
    const Factors f = factorsOf(l, b);
    float *gradient = b->gradient + l->weightStart;
    multiply(f.rows, f.columns, b->count, f.left, f.right, f.columns, gradient, l->stride);
    f16 sum = splat(0);
    for (ptrdiff_t r = 0; r < f.rows; r++) {
        f16 own = splat(0);
        for (ptrdiff_t c = 0; c < f.columns; c += 16) {
            f16 g = load(gradient + r * l->stride + c);
            own = g * g + own;
        }
        sum += own;
    }
    return total(sum);
}

static void learnStored(
    const ck_network *n, const ck_settings *settings, ptrdiff_t i, const Batch *b,
    const Rates *rates
) {
    const ck_layer *l = n->layers + i;
    const Factors f = factorsOf(l, b);
    Block block = blockOf(n, settings, l, &f, b, 0, 0);
    block.gradients = b->gradient + l->weightStart;
    block.gradientStride = l->stride;
    block.rowCount = f.rows;
    block.length = f.columns;
    moves[variantOf(settings)](&block, rates);
    n->norms[i] = __builtin_sqrtf(total(block.squares)) * 1.001f;
    n->norms[n->layerCount + i] = -1;
}

// Never inlined: no arithmetic may leave the mode in which it is called.
__attribute__((noinline)) static ck_outcome stepBatch(
    const ck_network *n, const ck_settings *settings, const float *inputs, const float *targets,
    const float *importances, ptrdiff_t count, float *scratch
) {
    Batch b = batchIn(n, count, scratch);
    ptrdiff_t inputCount = n->layers[0].inputCount, width = padded(inputCount);
    for (ptrdiff_t s = 0; s < count; s++) {
        pack(b.activations + s * width, inputs + s * inputCount, inputCount);
    }
    clear(b.activations + count * width, (b.lanes - count) * width);
    transpose(b.activations, b.lanes, width, width, b.activationsByUnit, b.lanes);
    forwardBatch(n, settings->activation, &b);
    float loss = lossOfBatch(n, settings, targets, importances, &b);
    if (!isFinite(loss)) return (ck_outcome){loss, __builtin_nanf(""), 0};
    backwardBatch(n, settings->activation, &b);

    float clip = settings->clip;
    float bound = boundOfBatch(n, &b);
    Rates rates = ratesOf(settings, 1);
    int fused = isFinite(bound) && (clip <= 0 || bound < clip);
    float squares = 0;
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        squares += biasGradient(n->layers + i, &b);
        squares += fused ? learnTiles(n, settings, i, &b, &rates) : storeGradient(n, i, &b);
    }
    float norm = __builtin_sqrtf(squares);
    if (!fused) {
        if (!isFinite(norm)) return (ck_outcome){loss, norm, 0};
        if (clip > 0 && norm > clip) rates.scale = clip / norm;
        for (ptrdiff_t i = 0; i < n->layerCount; i++) learnStored(n, settings, i, &b, &rates);
    }
    for (ptrdiff_t i = 0; i < n->layerCount; i++) {
        moveBiases(n, settings, i, b.gradient + n->layers[i].biasStart, &rates);
    }
    return (ck_outcome){loss, norm, 1};
}
