#pragma once

#include <cstdint>
#include <vector>

namespace edgesim {

// Winograd's minimal filtering F(4x4, 3x3): A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2015, section 4.3; interpolation points 0, 1, -1, 2, -2 and infinity. A tile of 4x4 results takes 6x6 inputs d and
//   Y = A^T [ (G g G^T) . (B^T d B) ] A,
// 36 multiplications for each pair of channels where the sum as written takes 144. With infinite or NaN inputs, all of
// a tile's results become NaN or infinite, not only those that a 3x3 window reaches.
namespace winograd {

constexpr int64_t tile = 4, reach = 6, points = reach * reach;

// Output channels that are computed together, and that the transformed weights are packed by.
constexpr int64_t panel = 8;

// Tiles side by side that are transformed together, and groups of them in a task.
constexpr int64_t group_tiles = 16, group_columns = group_tiles * tile, groups_per_task = 2,
                  task_tiles = group_tiles * groups_per_task;

}  // namespace winograd

// G g G^T of weights [M, C, 3, 3], packed [ceil(M / 8), 36, C, 8]; channels that there are not have zeros.
std::vector<float> winograd_weights(const float* weights, int64_t outputs, int64_t inputs);

// This thread's memory for `count` floats, aligned to 64 bytes, kept until the thread ends; null where there is none.
float* thread_scratch(int64_t count) noexcept;

}  // namespace edgesim
