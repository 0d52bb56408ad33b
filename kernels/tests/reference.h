#pragma once

#include <vector>

#include "styled_tail.h"
#include "upsample_tail.h"

namespace edgesim::tests {

// The operators as their definitions say, in double, from the arguments that the kernels get. `output` is not written.
std::vector<double> reference(const UpsampleTail& arguments);
std::vector<double> reference(const StyledTail& arguments);

}  // namespace edgesim::tests
