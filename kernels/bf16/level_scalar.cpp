#include "level.h"
#include "tiles.h"

namespace edgesim {

const Bf16Kernels bf16_scalar = bf16_level<ScalarVector, FmaEngine<ScalarVector>>();
const Bf16Kernels bf16_tiles = bf16_level<ScalarVector, TileEngine<EmulatedTiles>>();

}  // namespace edgesim
