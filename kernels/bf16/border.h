#pragma once

#include <cstdint>

namespace edgesim {

// Planes of floats into a map of bfloat16, through a 1x1 convolution in float:
//   output = leakyReLU(W x + bias), rounded to bfloat16.
struct Bf16Entry {
    const float* x;        // [N, C, H, W]
    const float* weights;  // [C, M'], M' = M padded with zeros to a multiple of 32; null: the channels as they are
    const float* bias;     // [M']
    uint16_t* output;      // [N, H, W, M]
    int64_t batch, inputs, outputs, pixels;  // N, C, M, H * W
    float slope;

    static constexpr int64_t pixels_per_task = 2048;
    int64_t blocks() const { return (pixels + pixels_per_task - 1) / pixels_per_task; }
    int64_t tasks() const { return batch * blocks(); }
};

// A map of bfloat16 as planes of floats.
struct Bf16Exit {
    const uint16_t* x;  // [N, H, W, C]
    float* output;      // [N, C, H, W]
    int64_t batch, channels, pixels;

    static constexpr int64_t pixels_per_task = 2048;
    int64_t blocks() const { return (pixels + pixels_per_task - 1) / pixels_per_task; }
    int64_t tasks() const { return batch * blocks(); }
};

// The structure code: each pixel's channels divided by their norm, then scaled and shifted, labels behind them:
//   output = [x / sqrt(sum of x^2 + 1e-8) * scale + offset, labels].
struct Bf16Normalisation {
    const uint16_t* x;    // [N, H, W, C]
    const float* scale;   // [C]
    const float* offset;  // [C]
    const float* labels;  // [N, K, H, W], or null
    uint16_t* output;     // [N, H, W, C + K]
    int64_t batch, channels, label_channels, pixels;

    static constexpr int64_t pixels_per_task = 512;
    int64_t blocks() const { return (pixels + pixels_per_task - 1) / pixels_per_task; }
    int64_t tasks() const { return batch * blocks(); }
};

}  // namespace edgesim
