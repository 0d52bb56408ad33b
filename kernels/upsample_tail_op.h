#pragma once

#include "op_support.h"
#include "upsample_tail.h"

namespace edgesim {

// Operator edgesim.UpsampleTail, version 1; see upsample_tail.h for what it computes.
// Inputs: phase00 [N, C, H + 1, W + 1], phase01 [N, C, H + 1, W], phase10 [N, C, H, W + 1], phase11 [N, C, H, W], bias
// [C], noise [1, 1, 2H, 2W] (optional). Output: [N, C, 2H, 2W]. Attributes: slope (0.2); taps of the FIR filter in one
// direction ([1, 3, 3, 1]), scaled so that the two-dimensional kernel has the sum `sum` (4).
class UpsampleTailKernel {
  public:
    explicit UpsampleTailKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    float slope_;
    float taps_[4];
};

struct UpsampleTailOp : FloatOp<UpsampleTailOp, UpsampleTailKernel> {
    static constexpr size_t required_inputs = 5, inputs = 6;

    const char* GetName() const { return "UpsampleTail"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
