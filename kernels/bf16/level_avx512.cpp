#include "level.h"
#include "peak.h"

namespace edgesim {

const Bf16Kernels bf16_avx512 = bf16_level<Avx512Vector, FmaEngine<Avx512Vector>>();
double (*const bf16_peak_avx512)(int64_t) = fma_peak<Avx512Vector>;

}  // namespace edgesim
