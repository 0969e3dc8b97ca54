// Updates from gradients that lie in memory: those of biases and of micro-batches.

// A block of parameters, `rowCount` rows of `length` floats.
typedef struct {
    float *w;
    float *m;
    float *s;
    ptrdiff_t stride;
    const float *gradients;
    ptrdiff_t gradientStride;
    ptrdiff_t rowCount;
    ptrdiff_t length;
    float weightDecay;
    // Sixteen sums per row, to which the squares of the gradients are added; may be NULL.
    float *gradientSquares;
    // Bias corrections, for rules that are aged.
    const float *rowFirst;
    const float *rowSecond;
    const float *columnFirst;
    const float *columnSecond;
    // Receives the squares of all weights visited.
    f16 squares;
} Block;

INLINE void moveBlock(const int rule, Block *block, const Rates *allRates) {
    // Copies, because a store through a vector's address might change what a pointer shows.
    const Block own = *block, *b = &own;
    const Rates ownRates = *allRates, *rates = &ownRates;
    f16 squares = b->squares;
    for (ptrdiff_t r = 0; r < b->rowCount; r++) {
        const float *g = b->gradients + r * b->gradientStride;
        float *w = b->w + r * b->stride, *m = b->m + r * b->stride, *s = b->s + r * b->stride;
        f16 sum = b->gradientSquares ? load(b->gradientSquares + 16 * r) : splat(0);
        for (ptrdiff_t i = 0; i < b->length; i += 16) {
            f16 weight = load(w + i);
            f16 gradient = load(g + i);
            sum = gradient * gradient + sum;
            gradient = rates->scale * gradient;
            // Without decay this adds a zero.
            gradient = b->weightDecay * weight + gradient;
            f16 first = splat(1), second = splat(1);
            if (isAged(rule)) {
                first = larger(load(b->columnFirst + i), splat(b->rowFirst[r]));
                second = larger(load(b->columnSecond + i), splat(b->rowSecond[r]));
            }
            f16 after = moved(rule, weight, gradient, m + i, s + i, rates, first, second);
            store(w + i, after);
            squares = after * after + squares;
        }
        if (b->gradientSquares) store(b->gradientSquares + 16 * r, sum);
    }
    block->squares = squares;
}

#define MOVE(RULE)                                                                                 \
    static void move_##RULE(Block *b, const Rates *rates) { moveBlock(RULE, b, rates); }

MOVE(CK_SGD)
MOVE(CK_MOMENTUM)
MOVE(CK_NESTEROV)
MOVE(CK_ADAGRAD)
MOVE(CK_RMSPROP)
MOVE(CK_ADAM)
MOVE(CK_ADAM_AGED)
MOVE(CK_RMSPROP_AGED)

typedef void (*MoveFunction)(Block *b, const Rates *rates);

static const MoveFunction moves[] = TABLE(move);
