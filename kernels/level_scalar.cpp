#include "dispatch.h"
#include "styled_convolution_kernel.h"
#include "styled_tail_kernel.h"
#include "upsample_tail_kernel.h"

namespace edgesim {

const Kernels scalar_kernels = {upsample_tail<ScalarVector>, styled_tail<ScalarVector>, styled_convolution<ScalarVector>};

}  // namespace edgesim
