#include "dispatch.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels avx2_kernels = {upsample_tail<Avx2Vector>, styled_tail<Avx2Vector>, styled_convolution<Avx2Vector>};

}  // namespace edgesim
