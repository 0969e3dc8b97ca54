// Whole steps of a network in one call, compiled for several instruction sets.
//
// Vectors are aligned to 64 bytes and counted in floats; every row is padded with zeros to whole
// blocks of sixteen. Nothing here allocates, locks or keeps state between calls.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { CK_LANES = 16 };

// What a hidden unit makes of its weighted sum.
enum { CK_RELU, CK_LEAKY_RELU, CK_TANH, CK_SIGMOID };

enum { CK_LOGISTIC, CK_CROSS_ENTROPY, CK_SQUARED, CK_ABSOLUTE, CK_HUBER };

// The update rules; the last two are variants that the kernels choose themselves.
enum {
    CK_SGD,
    CK_MOMENTUM,
    CK_NESTEROV,
    CK_ADAGRAD,
    CK_RMSPROP,
    CK_ADAM,
    CK_ADAM_AGED,
    CK_RMSPROP_AGED
};

// Where one layer lies. A row holds the weights into one unit, or, where `inputMajor`, those out
// of one input.
typedef struct {
    // Activations that it reads, from `inputStart` on. A layer that reads several levels reads the
    // padding between them as well, whose weights are zero; it is input-major.
    ptrdiff_t inputCount;
    ptrdiff_t unitCount;
    ptrdiff_t inputMajor;
    // Floats from row to row: at least the padded length of a row.
    ptrdiff_t stride;
    // Offsets of the weights and the biases among the parameters.
    ptrdiff_t weightStart;
    ptrdiff_t biasStart;
    // Offsets of the lowest level that is read and of the units' own level in one sample's
    // activations.
    ptrdiff_t inputStart;
    ptrdiff_t unitStart;
} ck_layer;

typedef struct {
    const ck_layer *layers;
    ptrdiff_t layerCount;
    float *weights;
    // Never touched where the rule keeps none, but a pointer as good as `weights`.
    float *first;
    float *second;
    // Laid out as the weights: not zero where a connection is cut and its weight held at zero. NULL
    // when all are live.
    const float *cuts;
    // Whether a layer reads more than the level below it.
    int32_t bypasses;
    // Per layer an upper bound of the norm of its weights, then per layer one of the norm of their
    // first moments; negative when none is known. They decide which of two ways is taken to the
    // same result.
    float *norms;
} ck_network;

typedef struct {
    int32_t activation;
    int32_t loss;
    int32_t rule;
    // Whether the bias corrections of all units are equal: the first of the arrays, then; or none,
    // for CK_RMSPROP.
    int32_t uniformAge;
    float rate;
    float weightDecay;
    // Largest norm of the gradient; 0 is none.
    float clip;
    // beta1 is also the momentum, beta2 also the decay of RMSprop.
    float beta1;
    float beta2;
    float epsilon;
    // One sample's activations long, with a correction for every unit; for CK_ADAM, and the second
    // for CK_RMSPROP unless all ages are equal.
    const float *firstCorrections;
    const float *secondCorrections;
    // Unless NULL, an update from one sample passes over the rows of the first layer, which is
    // input-major, whose input is 0, and multiplies the second moments of each other row by its
    // number here first. For rules that leave a weight without a gradient as it is.
    const float *rowRemainders;
} ck_settings;

typedef struct {
    float loss;
    float norm;
    // 0 when the loss or the gradient is not finite: then no bit of the network has changed.
    int32_t applied;
} ck_outcome;

// The kernels of one instruction set.
typedef struct {
    // One update from `sampleCount` samples. `inputs`, `targets` and `importances` need no
    // alignment. `scratch` holds `ck_scratch_count` floats.
    ck_outcome (*step)(
        const ck_network *network, const ck_settings *settings, const float *inputs,
        const float *targets, const float *importances, ptrdiff_t sampleCount, float *scratch);
    // Predictions, several samples in one pass over the weights, with the bits of one by one.
    // `scratch` holds `ck_predict_scratch_count` floats.
    void (*predict)(
        const ck_network *network, int32_t activation, int32_t loss, const float *inputs,
        float *predictions, ptrdiff_t sampleCount, float *scratch);
    // Lists the indices of the values that are not zero and returns how many they are. `values`
    // need no alignment; `list` has room for sixteen more than there are values.
    ptrdiff_t (*list)(const float *values, ptrdiff_t count, int32_t *list);
    // An elementary function of sixteen values, for its tests: 0 exp, 1 tanh, 2 sigmoid, 3 log,
    // 4 log1p.
    void (*evaluate)(int32_t function, const float *values, float *results);
} ck_kernels;

enum { CK_BASELINE, CK_V3, CK_V4 };

// The kernels of a level, or NULL when this machine cannot run them.
const ck_kernels *ck_kernels_of(int32_t level);

// The level that the process works with unless it is told otherwise: the best that this machine
// has, until one is selected. Selecting one that the machine has not is refused with 0.
int32_t ck_level(void);
int32_t ck_select(int32_t level);

// Floats of scratch memory for a step with `sampleCount` samples.
ptrdiff_t ck_scratch_count(const ck_layer *layers, ptrdiff_t layerCount, ptrdiff_t sampleCount);

// Samples at most that a prediction takes through the network side by side.
enum { CK_PREDICT_GROUP = 24 };

// Floats of scratch memory for predictions of `sampleCount` samples.
ptrdiff_t ck_predict_scratch_count(
    const ck_layer *layers, ptrdiff_t layerCount, ptrdiff_t sampleCount);

#endif
