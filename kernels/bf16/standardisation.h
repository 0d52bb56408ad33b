#pragma once

#include <cstdint>

namespace edgesim {

// A map's channels less their mean over space, times their scale, in two steps: the moments of blocks of pixels, which
// join_moments joins, and then
//   output = (x - mean) * scale, rounded to bfloat16.
struct Bf16Standardisation {
    const uint16_t* x;  // [N, H, W, C]
    double* moments;    // [N, C, blocks, 2]: means and sums of squared deviations; written by the first step
    const float* mean;  // [N, C]; the rest belongs to the second step
    const float* scale;
    uint16_t* output;                 // [N, H, W, C]
    int64_t batch, channels, pixels;  // N, C, H * W

    static constexpr int64_t pixels_per_task = 2048;
    int64_t blocks() const { return (pixels + pixels_per_task - 1) / pixels_per_task; }
    int64_t tasks() const { return batch * blocks(); }

    // Numbers that whole vectors of whole pixels take at most: then each lane keeps its channel.
    int64_t period() const { return 16 * channels; }
    int64_t scratch() const { return (2 * period() * static_cast<int64_t>(sizeof(float)) + 63) / 64 * 64; }
};

}  // namespace edgesim
