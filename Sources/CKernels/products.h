// Products of matrices in register tiles: C[m, n] = Σ A[m, k] · B[k, n], n along the lanes.
//
// Every element is summed over k in order, so tiles of any size give the same bits.

// A vector as wide as the registers of the level.
typedef float fv __attribute__((ext_vector_type(LEVEL_LANES), may_alias));

// A matrix whose rows are `row` floats apart and columns `column` floats.
typedef struct {
    const float *start;
    ptrdiff_t row;
    ptrdiff_t column;
} Matrix;

INLINE void tile(
    const int rows, const int columns, Matrix a, const float *b, ptrdiff_t bStride, ptrdiff_t depth,
    float *c, ptrdiff_t cStride
) {
    fv sums[12][2];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int n = 0; n < columns; n++) sums[r][n] = (fv)0.0f;
    }
    // Three rows hang on each pointer, because an address takes one scaled index.
    const float *bases[4];
    UNROLLED for (int r = 0; r < (rows + 2) / 3; r++) bases[r] = a.start + 3 * r * a.row;
    for (ptrdiff_t k = 0; k < depth; k++) {
        fv right[2];
        UNROLLED for (int n = 0; n < columns; n++) right[n] = *(const fv *)(b + n * LEVEL_LANES);
        b += bStride;
        UNROLLED for (int r = 0; r < rows; r++) {
            fv left = (fv)bases[r / 3][(r % 3) * a.row];
            UNROLLED for (int n = 0; n < columns; n++) sums[r][n] = left * right[n] + sums[r][n];
        }
        UNROLLED for (int r = 0; r < (rows + 2) / 3; r++) bases[r] += a.column;
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int n = 0; n < columns; n++) {
            *(fv *)(c + r * cStride + n * LEVEL_LANES) = sums[r][n];
        }
    }
}

#define TILE(ROWS, COLUMNS)                                                                        \
    static void tile_##ROWS##_##COLUMNS(                                                           \
        Matrix a, const float *b, ptrdiff_t bStride, ptrdiff_t depth, float *c, ptrdiff_t cStride      \
    ) {                                                                                            \
        tile(ROWS, COLUMNS, a, b, bStride, depth, c, cStride);                                     \
    }
#define TILES(ROWS) TILE(ROWS, 1) TILE(ROWS, 2)

TILES(1)
TILES(2)
TILES(4)
TILES(6)
TILES(8)
TILES(12)

// Columns of the widest tile.
enum { TILE_COLUMNS = 2 * LEVEL_LANES };

// Makes one tile of at most `rows` rows and `columns` columns; returns how many rows it has.
static ptrdiff_t makeTile(
    ptrdiff_t rows, ptrdiff_t columns, Matrix a, const float *b, ptrdiff_t bStride, ptrdiff_t depth,
    float *c, ptrdiff_t cStride
) {
    int wide = columns >= TILE_COLUMNS;
#define USE(ROWS)                                                                                  \
    if (ROWS <= TILE_ROWS && rows >= ROWS) {                                                       \
        if (wide) {                                                                                \
            tile_##ROWS##_2(a, b, bStride, depth, c, cStride);                                     \
        } else {                                                                                   \
            tile_##ROWS##_1(a, b, bStride, depth, c, cStride);                                     \
        }                                                                                          \
        return ROWS;                                                                               \
    }
    USE(12)
    USE(8)
    USE(6)
    USE(4)
    USE(2)
    USE(1)
#undef USE
    return rows;
}

// The whole product; `columns` is a multiple of sixteen.
static void multiply(
    ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, Matrix a, const float *b, ptrdiff_t bStride,
    float *c, ptrdiff_t cStride
) {
    for (ptrdiff_t n = 0; n < columns; n += TILE_COLUMNS) {
        for (ptrdiff_t r = 0; r < rows;) {
            Matrix part = {a.start + r * a.row, a.row, a.column};
            r += makeTile(
                rows - r, columns - n, part, b + n, bStride, depth, c + r * cStride + n, cStride);
        }
    }
}

// Transposes sixteen rows of sixteen.
INLINE void transposeBlock(const float *from, ptrdiff_t fromStride, float *to, ptrdiff_t toStride) {
    f16 a[16], b[16];
    UNROLLED for (int i = 0; i < 16; i++) a[i] = load(from + i * fromStride);
    // Interleaving halves four times moves every bit of the row index into the lane index.
    UNROLLED for (int round = 0; round < 4; round++) {
        UNROLLED for (int i = 0; i < 8; i++) {
            b[2 * i] = __builtin_shufflevector(
                a[i], a[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            b[2 * i + 1] = __builtin_shufflevector(
                a[i], a[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        UNROLLED for (int i = 0; i < 16; i++) a[i] = b[i];
    }
    UNROLLED for (int i = 0; i < 16; i++) store(to + i * toStride, a[i]);
}

// Transposes a matrix whose sides are multiples of sixteen.
static void transpose(
    const float *from, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t fromStride, float *to,
    ptrdiff_t toStride
) {
    for (ptrdiff_t r = 0; r < rows; r += 16) {
        for (ptrdiff_t c = 0; c < columns; c += 16) {
            transposeBlock(from + r * fromStride + c, fromStride, to + c * toStride + r, toStride);
        }
    }
}
