#pragma once

#include <algorithm>
#include <cstdint>

#include "convolution.h"

namespace edgesim {

// The styled up-sampling layer on maps of bfloat16 that lie [N, H, W, C], in one pass over memory:
//   output = leakyReLU(FIR(z) + noise + bias),
// z being the transposed 3x3 convolution of stride 2 of x, and FIR that of UpsampleTail. z is computed by its phases
// (9 multiplications for a pixel of x and a pair of channels, where both steps composed into one 3x3 convolution a
// phase would take 36) and stays in float, four rows of it at a time.
struct Bf16Upsampling {
    const uint16_t* x;                              // [N, H, W, C]
    const void* weights;                            // PackedWeights of [C, M, 3, 3] by phases
    const float* bias;                              // [M], zeros behind it up to a multiple of 32
    const float* noise;                             // [2H, 2W], or null for none
    uint16_t* output;                               // [N, 2H, 2W, M]
    int64_t batch, height, width, inputs, outputs;  // N, H, W, C, M
    float taps[4];                                  // of one direction, gain included
    float slope;
    int64_t element_bytes;

    // Columns of x of a task: then there are 31 even columns of z, two whole tiles but for one pixel, and the four rows
    // of z, each of which is read four times, stay in the first-level cache.
    static constexpr int64_t tile_columns = 30;
    static constexpr int64_t rows_bytes = 256 * 1024;
    static constexpr int64_t wanted_tasks = 16;

    int64_t channels() const { return round_up(inputs, channel_unit); }
    int64_t columns() const { return std::min(width, tile_columns); }
    int64_t tiles_across() const { return (width + columns() - 1) / columns(); }
    int64_t row_elements() const { return (columns() + 2) * channels(); }
    // Rows of x of a task; each task computes three rows of z that belong to its neighbours.
    int64_t rows() const;
    int64_t blocks_down() const;
    int64_t pairs() const { return (outputs + pair_channels - 1) / pair_channels; }
    int64_t splits() const;
    int64_t tasks() const;
    TaskPlace place(int64_t task) const;  // in x

    // Floats of a row of z with room for whole tiles.
    int64_t z_row() const { return (2 * columns() + 3 + 2 * 16) * pair_channels; }
    int64_t scratch() const;
};

}  // namespace edgesim
