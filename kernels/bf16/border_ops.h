#pragma once

#include "number_op.h"

namespace edgesim {

// Operator edgesim.Bf16Entry, version 1: planes of floats x [N, C, H, W] to bfloat16 [N, H, W, M], through a 1x1
// convolution where there are weight [M, C, 1, 1] and bias [M] (constant, optional). Attribute: slope (1).
class Bf16EntryKernel {
  public:
    explicit Bf16EntryKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const Bf16Kernels& kernels_;
    float slope_;
    int64_t inputs_ = 0, outputs_ = 0;  // 0: as many as come
    std::vector<float> weights_, bias_;
};

struct Bf16EntryOp : NumberOp<Bf16EntryOp, Bf16EntryKernel> {
    static constexpr size_t required_inputs = 1, inputs = 3;
    static constexpr bool numbers_out = true;

    static bool numbers(size_t) { return false; }
    const char* GetName() const { return "Bf16Entry"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

// Operator edgesim.Bf16Exit, version 1: bfloat16 [N, H, W, C] to planes of floats [N, C, H, W].
class Bf16ExitKernel {
  public:
    explicit Bf16ExitKernel(const OrtKernelInfo*) : kernels_(bf16_kernels(current_bf16_level())) {}
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const Bf16Kernels& kernels_;
};

struct Bf16ExitOp : NumberOp<Bf16ExitOp, Bf16ExitKernel> {
    static constexpr size_t required_inputs = 1, inputs = 1;
    static constexpr bool numbers_out = false;

    static bool numbers(size_t) { return true; }
    const char* GetName() const { return "Bf16Exit"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

// Operator edgesim.Bf16Normalisation, version 1; see Bf16Normalisation for what it computes. Inputs: x [N, H, W, C]
// bfloat16, scale [C] and offset [C] (constant), labels [N, K, H, W] (optional). Output: [N, H, W, C + K] bfloat16.
class Bf16NormalisationKernel {
  public:
    explicit Bf16NormalisationKernel(const OrtKernelInfo* info);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const Bf16Kernels& kernels_;
    std::vector<float> scale_, offset_;
};

struct Bf16NormalisationOp : NumberOp<Bf16NormalisationOp, Bf16NormalisationKernel> {
    static constexpr size_t required_inputs = 3, inputs = 4;
    static constexpr bool numbers_out = true;

    static bool numbers(size_t input) { return input == 0; }
    const char* GetName() const { return "Bf16Normalisation"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

// Operator edgesim.Bf16Standardisation, version 1: each channel of each image less its mean over space, over
// sqrt(variance + epsilon). Input: x [N, H, W, C] bfloat16. Output: [N, H, W, C] bfloat16. Attribute: epsilon (1e-5).
class Bf16StandardisationKernel {
  public:
    explicit Bf16StandardisationKernel(const OrtKernelInfo* info)
        : kernels_(bf16_kernels(current_bf16_level())), epsilon_(attribute_or(info, "epsilon", 1e-5f)) {}
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const Bf16Kernels& kernels_;
    float epsilon_;
};

struct Bf16StandardisationOp : NumberOp<Bf16StandardisationOp, Bf16StandardisationKernel> {
    static constexpr size_t required_inputs = 1, inputs = 1;
    static constexpr bool numbers_out = true;

    static bool numbers(size_t) { return true; }
    const char* GetName() const { return "Bf16Standardisation"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
