// One sample's way through a network, and what a layer's weights are visited by.

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

// Rows of a layer's weights.
INLINE ptrdiff_t rowsOf(const ck_layer *l) { return l->inputMajor ? l->inputCount : l->unitCount; }

// Padded length of such a row.
INLINE ptrdiff_t rowLength(const ck_layer *l) {
    return padded(l->inputMajor ? l->unitCount : l->inputCount);
}
