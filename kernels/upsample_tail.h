#pragma once

#include <cstdint>

namespace edgesim {

// What follows the transposed 3x3 convolution of stride 2 in a styled up-sampling layer, in one pass over memory:
//   output = leakyReLU(FIR(z) + noise + bias),
// where z, [N, C, 2H + 1, 2W + 1], is the convolution's result, given by its phases: position (m, n) of phase [p][q] is
// z(2m + p, 2n + q). The separable FIR filter has zero padding 1 on every side:
//   FIR(z)(i, j) = sum over k, l in 0..3 of taps[k] * taps[l] * z(i - 1 + k, j - 1 + l).
struct UpsampleTail {
    const float* phase[2][2];  // [N, C, H + 1 - p, W + 1 - q]
    const float* bias;         // [C]
    const float* noise;        // [2H, 2W], or null for none
    float* output;             // [N, C, 2H, 2W]
    int64_t batch, channels, height, width;
    float taps[4];  // of one direction, gain included
    float slope;    // of the leaky ReLU, for negative values

    // Input rows per task: 32 rows of the output, so that a task's part of the noise map (64 KiB at 512 columns) stays
    // in the second-level cache while the tasks of all channels pass over it.
    static constexpr int64_t rows_per_task = 16;

    int64_t blocks() const { return (height + rows_per_task - 1) / rows_per_task; }
    int64_t tasks() const { return batch * blocks() * channels; }
};

}  // namespace edgesim
