#pragma once

#include "colour_transform.h"
#include "op_support.h"

namespace edgesim {

// Operator edgesim.ColourTransform, version 1; see colour_transform.h for what it computes, mean and scale being those
// of the picture's planes: scale = 1 / sqrt(variance + epsilon). Inputs: coefficients [N, 12, h, w], picture
// [N, 3, H, W], residual [N, 3, H, W]. Output: [N, 3, H, W]. Attributes: epsilon (1e-5); standardised (0), 1 for a
// picture that is to be taken as it is.
class ColourTransformKernel {
  public:
    explicit ColourTransformKernel(const OrtKernelInfo* info)
        : epsilon_(attribute_or(info, "epsilon", 1e-5f)),
          standardised_(attribute_or(info, "standardised", int64_t{0}) != 0) {}
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    float epsilon_;
    bool standardised_;
};

struct ColourTransformOp : FloatOp<ColourTransformOp, ColourTransformKernel> {
    static constexpr size_t required_inputs = 3, inputs = 3;

    const char* GetName() const { return "ColourTransform"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
