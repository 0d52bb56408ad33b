#pragma once

#include "op_support.h"

namespace edgesim {

// Operator edgesim.StyledConvolution, version 1; see styled_convolution.h for what it computes.
// Inputs: x [N, C, H, W], weight [M, C, 3, 3] (constant), bias [M], noise [1, 1, H, W] (optional), skip [N, M, H, W] or
// [N, M, H/2, W/2] (optional). Output: [N, M, H, W]. Attribute: slope (0.2).
class StyledConvolutionKernel {
  public:
    explicit StyledConvolutionKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    float slope_;
    int64_t outputs_, inputs_;
    std::vector<float> weights_;
};

struct StyledConvolutionOp : FloatOp<StyledConvolutionOp, StyledConvolutionKernel> {
    static constexpr size_t required_inputs = 3, inputs = 5;

    const char* GetName() const { return "StyledConvolution"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
