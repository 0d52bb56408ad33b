#include "colour_transform_kernel.h"
#include "dispatch.h"
#include "moments_kernel.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels avx512_kernels = {upsample_tail<Avx512Vector>, styled_tail<Avx512Vector>,
                                styled_convolution<Avx512Vector>, plane_moments<Avx512Vector>,
                                colour_transform<Avx512Vector>};

}  // namespace edgesim
