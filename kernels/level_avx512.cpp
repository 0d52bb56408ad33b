#include "dispatch.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels avx512_kernels = {upsample_tail<Avx512Vector>, styled_tail<Avx512Vector>, styled_convolution<Avx512Vector>};

}  // namespace edgesim
