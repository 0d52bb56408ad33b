#pragma once

#include <cstdint>

namespace edgesim {

// How the skip connection of a residual block enters.
enum class Skip { none, full, half };

// What follows a styled convolution, in one pass over memory:
//   output = leakyReLU(x + noise + bias) + skip,
// with the skip connection absent, of x's size, or of half of it and then enlarged bilinearly (half-pixel centres,
// edges clamped).
struct StyledTail {
    const float* x;      // [N, C, H, W]
    const float* bias;   // [C]
    const float* noise;  // [H, W], or null for none
    const float* skip;   // [N, C, H, W] (full) or [N, C, H/2, W/2] (half)
    Skip skip_size;
    float* output;  // [N, C, H, W]
    int64_t batch, channels, height, width;
    float slope;  // of the leaky ReLU, for negative values

    // Even, so that a task holds whole pairs of rows of an enlarged skip; see UpsampleTail on the size.
    static constexpr int64_t rows_per_task = 32;

    int64_t blocks() const { return (height + rows_per_task - 1) / rows_per_task; }
    int64_t tasks() const { return batch * blocks() * channels; }
};

}  // namespace edgesim
