#pragma once

#include <cstdint>
#include <vector>

#include "cuda/plan.h"

namespace edgesim::tests {

// The GPU's operators as their definitions say, in double; maps are [N, C, H, W] whatever the layout under test. Empty
// vectors stand for inputs that a node lacks.
struct Inputs {
    int64_t batch, channels, height, width;
    std::vector<double> x, bias, noise, skip;
};

std::vector<double> define_fir(const Inputs& inputs, const cuda::Filter& filter, double slope);
std::vector<double> define_tail(const Inputs& inputs, double slope);
// `x` is the picture, of 3 channels, and `skip` the residual; [N, 12, cell_height, cell_width].
std::vector<double> define_colours(const Inputs& inputs, const std::vector<double>& coefficients, int64_t cell_height,
                                   int64_t cell_width);

}  // namespace edgesim::tests
