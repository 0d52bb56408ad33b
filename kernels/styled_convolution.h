#pragma once

#include <cstdint>

#include "styled_tail.h"
#include "winograd.h"

namespace edgesim {

// A whole styled convolution in one pass over memory:
//   output = leakyReLU(conv3x3(x, padding 1) + noise + bias) + skip,
// the skip connection being one of StyledTail's.
struct StyledConvolution {
    const float* x;        // [N, C, H, W]
    const float* weights;  // winograd_weights of [M, C, 3, 3]
    const float* bias;     // [M]
    const float* noise;    // [H, W], or null for none
    const float* skip;     // [N, M, H, W] (full) or [N, M, H/2, W/2] (half)
    Skip skip_size;
    float* output;                            // [N, M, H, W]
    int64_t batch, inputs, channels, height, width;  // N, C, M, H, W
    float slope;                              // of the leaky ReLU, for negative values

    int64_t groups_across() const { return (width + winograd::group_columns - 1) / winograd::group_columns; }
    int64_t groups() const { return groups_across() * ((height + winograd::tile - 1) / winograd::tile); }
    int64_t tasks_per_image() const { return (groups() + winograd::groups_per_task - 1) / winograd::groups_per_task; }
    int64_t tasks() const { return batch * tasks_per_image(); }

    // Transformed inputs of a task, [36, C, 32]: behind each of the 36, two lines of cache, lest they all fall into the
    // same set of it.
    int64_t point_stride() const { return (inputs + 1) * winograd::task_tiles; }
    // Floats of scratch memory that a task needs: the transformed inputs, and the products of a panel of channels.
    int64_t scratch() const {
        return winograd::points * (point_stride() + winograd::panel * winograd::task_tiles);
    }
};

}  // namespace edgesim
