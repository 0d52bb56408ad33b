#include "colour_transform_kernel.h"
#include "dispatch.h"
#include "moments_kernel.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels avx2_kernels = {upsample_tail<Avx2Vector>, styled_tail<Avx2Vector>, styled_convolution<Avx2Vector>,
                              plane_moments<Avx2Vector>, colour_transform<Avx2Vector>};

}  // namespace edgesim
