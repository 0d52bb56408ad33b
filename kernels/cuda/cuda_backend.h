#pragma once

#include "ops.h"

namespace edgesim::cuda {

// Runs operators on the GPU, in the stream that ONNX Runtime's CUDA provider computes on.
Backend cuda_backend();

}  // namespace edgesim::cuda
