#pragma once

#include <vector>

#include "bf16/border.h"
#include "bf16/convolution.h"
#include "bf16/standardisation.h"
#include "bf16/upsampling.h"

namespace edgesim::tests {

// The bfloat16 kernels as their definitions say, in double, from the arguments that the kernels get and the weights
// that were packed; results are not rounded. The blur is, since its rounding is part of the definition.
std::vector<double> reference(const Bf16Convolution& arguments, const float* weights);
std::vector<double> reference(const Bf16Upsampling& arguments, const float* weights);
std::vector<double> reference(const Bf16Entry& arguments);
std::vector<double> reference(const Bf16Normalisation& arguments);
// The two steps of a standardisation: moments of blocks, and the map.
std::vector<double> reference_moments(const Bf16Standardisation& arguments);
std::vector<double> reference(const Bf16Standardisation& arguments);

}  // namespace edgesim::tests
