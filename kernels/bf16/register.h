#pragma once

#include <onnxruntime_cxx_api.h>

namespace edgesim {

// Adds the bfloat16 operators to the library's domain.
void add_bf16_operators(Ort::CustomOpDomain& domain);

}  // namespace edgesim
