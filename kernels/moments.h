#pragma once

#include <cstdint>

namespace edgesim {

// Mean and sum of squared deviations of a block of a plane: two doubles. Planes are summed up by blocks, which are then
// joined in their order, so that the result depends on no thread, and no small difference of large sums is taken.
struct PlaneMoments {
    const float* x;   // [planes, pixels]
    double* moments;  // [planes, blocks, 2]
    int64_t planes, pixels;

    static constexpr int64_t pixels_per_task = 4096;  // both passes of a task find it in the first-level cache
    int64_t blocks() const { return (pixels + pixels_per_task - 1) / pixels_per_task; }
    int64_t tasks() const { return planes * blocks(); }
};

// Joins the moments of a plane's blocks, all of `block_pixels` but the last, by Chan, Golub and LeVeque's formula to
// the plane's mean and 1 / sqrt(variance + epsilon).
void join_moments(const double* moments, int64_t pixels, int64_t block_pixels, double epsilon, float& mean,
                  float& scale);

}  // namespace edgesim
