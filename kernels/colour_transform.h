#pragma once

#include <cstdint>

namespace edgesim {

// Local affine colour transforms of a picture whose planes are standardised on the way, in one pass over memory:
//   output[c] = sum over k in 0..2 of M[c, k] * (picture[k] - mean[k]) * scale[k] + M[c, 3] + residual[c],
// M being 3x4 matrices that are interpolated bilinearly (half-pixel centres, edges clamped).
struct ColourTransform {
    const float* coefficients;  // rows of M, one after the other: [N, 12, h, w]
    const float* picture;       // [N, 3, H, W], H and W multiples of h and w
    const float* residual;      // [N, 3, H, W]
    const float* mean;          // [N, 3]
    const float* scale;         // [N, 3]
    float* output;              // [N, 3, H, W]
    int64_t batch, height, width, cell_height, cell_width;

    static constexpr int64_t coefficient_count = 12;
    static constexpr int64_t rows_per_task = 8;
    int64_t blocks() const { return (height + rows_per_task - 1) / rows_per_task; }
    int64_t tasks() const { return batch * blocks(); }
};

}  // namespace edgesim
