#include "colour_transform_kernel.h"
#include "dispatch.h"
#include "moments_kernel.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels scalar_kernels = {upsample_tail<ScalarVector>, styled_tail<ScalarVector>,
                                styled_convolution<ScalarVector>, plane_moments<ScalarVector>,
                                colour_transform<ScalarVector>};

}  // namespace edgesim
