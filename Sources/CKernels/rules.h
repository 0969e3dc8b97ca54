// How a gradient moves a block of weights; the formulas stand at `UpdateRule` in Swift.

// The constants of one update.
typedef struct {
    float rate;
    float weightDecay;
    // What clipping leaves of the gradient.
    float scale;
    float beta1;
    float beta2;
    float epsilon;
    // Bias corrections of Adam when all units are of one age.
    float first;
    float second;
} Rates;

// Rules whose updates are as long as the gradients before them, so that the norms of weights and
// moments can be followed without a look at them.
INLINE int isLinear(const int rule) {
    return rule == CK_SGD || rule == CK_MOMENTUM || rule == CK_NESTEROV;
}

// Rules that leave a weight as it is when its gradient is zero and nothing decays it.
INLINE int mayRest(const int rule) {
    return rule == CK_SGD || rule == CK_ADAGRAD || rule == CK_RMSPROP || rule == CK_RMSPROP_AGED;
}

// Rules that correct each moment for the age of its unit.
INLINE int isAged(const int rule) { return rule == CK_ADAM_AGED || rule == CK_RMSPROP_AGED; }

// Weights after an update with gradient `g`; moments at `m` and `s` are updated in place.
//
// Roots and quotients are those of IEEE 754, so they have the same bits on every level.
INLINE f16 moved(
    const int rule, f16 w, f16 g, float *m, float *s, const Rates *r, f16 first, f16 second
) {
    switch (rule) {
    case CK_MOMENTUM: {
        f16 v = r->beta1 * load(m) + g;
        store(m, v);
        return w - r->rate * v;
    }
    case CK_NESTEROV: {
        f16 v = r->beta1 * load(m) + g;
        store(m, v);
        return w - r->rate * (r->beta1 * v + g);
    }
    case CK_ADAGRAD: {
        f16 sum = g * g + load(s);
        store(s, sum);
        return w - (r->rate * g) / (__builtin_elementwise_sqrt(sum) + r->epsilon);
    }
    case CK_RMSPROP:
    case CK_RMSPROP_AGED: {
        f16 mean = r->beta2 * load(s) + ((1.0f - r->beta2) * g) * g;
        store(s, mean);
        if (rule == CK_RMSPROP_AGED) mean *= second;
        return w - (r->rate * g) / (__builtin_elementwise_sqrt(mean) + r->epsilon);
    }
    case CK_ADAM:
    case CK_ADAM_AGED: {
        f16 mean = r->beta1 * load(m) + (1.0f - r->beta1) * g;
        f16 square = r->beta2 * load(s) + ((1.0f - r->beta2) * g) * g;
        store(m, mean);
        store(s, square);
        if (rule == CK_ADAM) {
            f16 root = __builtin_elementwise_sqrt(r->second * square) + r->epsilon;
            return w - ((r->rate * r->first) * mean) / root;
        }
        f16 root = __builtin_elementwise_sqrt(second * square) + r->epsilon;
        return w - ((r->rate * first) * mean) / root;
    }
    default:
        return w - r->rate * g;
    }
}
