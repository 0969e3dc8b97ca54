// Passes over one layer's weights for one sample, whose gradient is an outer product.

// One pass. In an input-major layer the rows belong to inputs and the columns to units, in a
// unit-major layer the other way round.
typedef struct {
    float *w;
    float *m;
    float *s;
    ptrdiff_t stride;
    // Padded length of a row.
    ptrdiff_t length;
    // Inputs or deltas, one per row.
    const float *coefficients;
    // Deltas or inputs, one per weight of a row.
    const float *columns;
    // Receives the errors of the level below: one per row, or one per weight of a row.
    float *errors;
    // The rows to visit.
    const int32_t *rows;
    ptrdiff_t rowCount;
    const Rates *rates;
    // Bias corrections of rows and of columns, for rules that are aged.
    const float *rowFirst;
    const float *rowSecond;
    const float *columnFirst;
    const float *columnSecond;
    // Receives the squares of all weights visited, unless the rule is linear.
    f16 squares;
} Pass;

INLINE f16 larger(f16 a, f16 b) { return a > b ? a : b; }

// Rows that share the loads of the columns. Each weight is loaded once and stored once, also when
// the errors are carried down: they are taken from the weight as it was.
INLINE void passGroup(
    const int rule, const int decays, const int inputMajor, const int back, const int update,
    const int count, const Pass *p, const Rates *rates, const int32_t *rows, f16 *allSquares
) {
    float *w[4], *m[4], *s[4];
    f16 sums[4];
    float own[4], moving[4];
    UNROLLED for (int r = 0; r < count; r++) {
        ptrdiff_t start = rows[r] * p->stride;
        w[r] = p->w + start;
        m[r] = p->m + start;
        s[r] = p->s + start;
        sums[r] = splat(0);
        own[r] = p->coefficients[rows[r]];
        moving[r] = rates->scale * own[r];
        if (rule == CK_SGD && !decays) moving[r] *= rates->rate;
    }
    f16 squares = *allSquares;
    for (ptrdiff_t i = 0; i < p->length; i += 16) {
        f16 column = load(p->columns + i);
        f16 error = back && !inputMajor ? load(p->errors + i) : splat(0);
        UNROLLED for (int r = 0; r < count; r++) {
            f16 weight = load(w[r] + i);
            if (back && inputMajor) sums[r] = weight * column + sums[r];
            if (back && !inputMajor) error = own[r] * weight + error;
            if (!update) continue;
            if (rule == CK_SGD && !decays) {
                store(w[r] + i, weight - moving[r] * column);
                continue;
            }
            f16 gradient = moving[r] * column;
            if (decays) gradient = rates->weightDecay * weight + gradient;
            f16 first = splat(1), second = splat(1);
            if (isAged(rule)) {
                first = larger(load(p->columnFirst + i), splat(p->rowFirst[rows[r]]));
                second = larger(load(p->columnSecond + i), splat(p->rowSecond[rows[r]]));
            }
            f16 after = moved(
                rule, weight, gradient, m[r] + i, s[r] + i, rates, first, second);
            store(w[r] + i, after);
            if (!isLinear(rule)) squares = after * after + squares;
        }
        if (back && !inputMajor) store(p->errors + i, error);
    }
    *allSquares = squares;
    if (!(back && inputMajor)) return;
    if (count == 4) {
        f4 errors = totals(sums[0], sums[1], sums[2], sums[3]);
        UNROLLED for (int r = 0; r < count; r++) p->errors[rows[r]] = errors[r];
    } else {
        UNROLLED for (int r = 0; r < count; r++) p->errors[rows[r]] = total(sums[r]);
    }
}

INLINE void passRows(
    const int rule, const int decays, const int inputMajor, const int back, const int update,
    const int count, Pass *p
) {
    // Copies, because a store through a vector's address might change what a pointer shows.
    const Pass own = *p;
    const Rates rates = *p->rates;
    f16 squares = splat(0);
    ptrdiff_t r = 0;
    for (; r + count <= own.rowCount; r += count) {
        passGroup(
            rule, decays, inputMajor, back, update, count, &own, &rates, own.rows + r, &squares);
    }
    if (count > 2 && r + 2 <= own.rowCount) {
        passGroup(rule, decays, inputMajor, back, update, 2, &own, &rates, own.rows + r, &squares);
        r += 2;
    }
    for (; r < own.rowCount; r++) {
        passGroup(
            rule, decays, inputMajor, back, update, 1, &own, &rates, own.rows + r, &squares);
    }
    p->squares = squares;
}

#define PASS(NAME, RULE, DECAYS, BACK, UPDATE, ROWS)                                             \
    static void NAME(Pass *p, int inputMajor) {                                                    \
        if (inputMajor) {                                                                          \
            passRows(RULE, DECAYS, 1, BACK, UPDATE, ROWS, p);                                      \
        } else {                                                                                   \
            passRows(RULE, DECAYS, 0, BACK, UPDATE, ROWS, p);                                      \
        }                                                                                          \
    }
#define PASSES(RULE, ROWS)                                                                         \
    PASS(update_##RULE, RULE, 0, 0, 1, ROWS)                                                       \
    PASS(fused_##RULE, RULE, 0, 1, 1, ROWS)                                                        \
    PASS(decayingUpdate_##RULE, RULE, 1, 0, 1, ROWS)                                               \
    PASS(decayingFused_##RULE, RULE, 1, 1, 1, ROWS)

// Carries errors down and updates nothing.
PASS(carry, CK_SGD, 0, 1, 0, 4)
PASSES(CK_SGD, 4)
PASSES(CK_MOMENTUM, MOMENT_ROWS)
PASSES(CK_NESTEROV, MOMENT_ROWS)
PASSES(CK_ADAGRAD, MOMENT_ROWS)
PASSES(CK_RMSPROP, MOMENT_ROWS)
PASSES(CK_ADAM, MOMENT_ROWS)
PASSES(CK_ADAM_AGED, MOMENT_ROWS)
PASSES(CK_RMSPROP_AGED, MOMENT_ROWS)

typedef void (*PassFunction)(Pass *p, int inputMajor);

#define TABLE(KIND)                                                                                \
    {KIND##_CK_SGD,     KIND##_CK_MOMENTUM, KIND##_CK_NESTEROV, KIND##_CK_ADAGRAD,                 \
     KIND##_CK_RMSPROP, KIND##_CK_ADAM,     KIND##_CK_ADAM_AGED, KIND##_CK_RMSPROP_AGED}

// By whether weights decay, whether errors are carried down as well, and rule.
static const PassFunction passes[2][2][8] = {
    {TABLE(update), TABLE(fused)}, {TABLE(decayingUpdate), TABLE(decayingFused)}
};
