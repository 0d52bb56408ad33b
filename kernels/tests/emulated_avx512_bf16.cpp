#include "avx512_emulated.h"

#define __AVX512F__ 1
#define __AVX512BF16__ 1
#include "bf16/level.h"
#include "bf16/tiles.h"
#include "emulated_levels.h"

namespace edgesim::tests {

const Bf16Kernels emulated_avx512_bf16 = bf16_level<Avx512Vector, DotEngine>();
const Bf16Kernels emulated_amx = bf16_level<Avx512Vector, TileEngine<EmulatedTiles>>();

}  // namespace edgesim::tests
