#pragma once

#include "op_support.h"
#include "styled_tail.h"

namespace edgesim {

// Operator edgesim.StyledTail, version 1; see styled_tail.h for what it computes.
// Inputs: x [N, C, H, W], bias [C], noise [1, 1, H, W] (optional), skip [N, C, H, W] or [N, C, H/2, W/2] (optional).
// Output: [N, C, H, W]. Attribute: slope (0.2).
class StyledTailKernel {
  public:
    explicit StyledTailKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    float slope_;
};

struct StyledTailOp : FloatOp<StyledTailOp, StyledTailKernel> {
    static constexpr size_t required_inputs = 2, inputs = 4;

    const char* GetName() const { return "StyledTail"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
