#pragma once

#include "bf16/dispatch.h"

namespace edgesim::tests {

// Levels whose AVX-512 instructions and tiles are emulated: what runs is the kernels' own code but for the
// instructions.
extern const Bf16Kernels emulated_avx512, emulated_avx512_bf16, emulated_amx;

}  // namespace edgesim::tests
