#pragma once

#include <vector>

#include "colour_transform.h"
#include "moments.h"
#include "styled_convolution.h"
#include "styled_tail.h"
#include "upsample_tail.h"

namespace edgesim::tests {

// The operators as their definitions say, in double, from the arguments that the kernels get. `output` is not written.
std::vector<double> reference(const UpsampleTail& arguments);
std::vector<double> reference(const StyledTail& arguments);
std::vector<double> reference(const PlaneMoments& arguments);
std::vector<double> reference(const ColourTransform& arguments);
// `weights` [M, C, 3, 3] are those that the arguments have transformed.
std::vector<double> reference(const StyledConvolution& arguments, const float* weights);

}  // namespace edgesim::tests
