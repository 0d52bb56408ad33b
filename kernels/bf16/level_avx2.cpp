#include "level.h"
#include "peak.h"

namespace edgesim {

const Bf16Kernels bf16_avx2 = bf16_level<Avx2Vector, FmaEngine<Avx2Vector>>();
double (*const bf16_peak_avx2)(int64_t) = fma_peak<Avx2Vector>;

}  // namespace edgesim
