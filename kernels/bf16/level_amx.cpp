#include "level.h"
#include "peak.h"
#include "tiles.h"

namespace edgesim {

const Bf16Kernels bf16_amx = bf16_level<Avx512Vector, TileEngine<AmxTiles>>();
double (*const bf16_peak_amx)(int64_t) = tile_peak<AmxTiles>;

}  // namespace edgesim
