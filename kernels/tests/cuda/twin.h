#pragma once

#include "cuda/plan.h"

namespace edgesim::tests {

// Runs a plan of the GPU's operators on the CPU: the same kernels.cu, compiled as C++. Every thread of the grid is one
// call; with more than one worker the groups of threads run on several threads of the system, in no particular order.
void run_on_cpu(const cuda::Plan& plan, int workers = 1);

}  // namespace edgesim::tests
