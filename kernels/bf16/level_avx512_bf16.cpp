#include "level.h"
#include "peak.h"

namespace edgesim {

const Bf16Kernels bf16_avx512_bf16 = bf16_level<Avx512Vector, DotEngine>();
double (*const bf16_peak_avx512_bf16)(int64_t) = dot_peak;

}  // namespace edgesim
