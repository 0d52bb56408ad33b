#include "avx512_emulated.h"

#define __AVX512F__ 1
#include "bf16/level.h"
#include "emulated_levels.h"

namespace edgesim::tests {

const Bf16Kernels emulated_avx512 = bf16_level<Avx512Vector, FmaEngine<Avx512Vector>>();

}  // namespace edgesim::tests
