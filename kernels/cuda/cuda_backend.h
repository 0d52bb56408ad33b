#pragma once

#include <string>

#include "ops.h"

namespace edgesim::cuda {

// Runs operators on the GPU, in the stream that ONNX Runtime's CUDA provider computes on.
Backend cuda_backend();

// Why the calling thread's current context can't run them, in one sentence; empty where it can.
std::string refusal();

}  // namespace edgesim::cuda
