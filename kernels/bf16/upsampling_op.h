#pragma once

#include "number_op.h"

namespace edgesim {

// Operator edgesim.Bf16Upsampling, version 1; see Bf16Upsampling for what it computes. Inputs: x [N, H, W, C] bfloat16,
// weight [C, M, 3, 3] (constant), bias [M] (constant), noise [1, 1, 2H, 2W] (optional). Output: [N, 2H, 2W, M]
// bfloat16. Attributes: taps (1, 3, 3, 1), sum of the filter (4), slope (0.2).
class Bf16UpsamplingKernel {
  public:
    explicit Bf16UpsamplingKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const Bf16Kernels& kernels_;
    Bf16Upsampling upsampling_{};  // but for the tensors and their sizes
    PackedWeights weights_;
    std::vector<float> bias_;
};

struct Bf16UpsamplingOp : NumberOp<Bf16UpsamplingOp, Bf16UpsamplingKernel> {
    static constexpr size_t required_inputs = 3, inputs = 4;
    static constexpr bool numbers_out = true;

    static bool numbers(size_t input) { return input == 0; }
    const char* GetName() const { return "Bf16Upsampling"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
