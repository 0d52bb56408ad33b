#pragma once

#include <memory>
#include <mutex>

#include "number_op.h"

namespace edgesim {

// Operators edgesim.Bf16Convolution and edgesim.Bf16ConvolutionToPlanes, version 1; see Bf16Convolution for what they
// compute. Inputs: x [N, H, W, C], weight [M, C, k, k] (constant, k odd, at most 7), bias [M] (constant, optional),
// noise [1, 1, OH, OW] (optional), skip [N, OH, OW, M] or [N, OH/2, OW/2, M] (optional); of the latter also
// plane_weight [Q, M, 1, 1] and plane_bias [Q] (constant). Output: [N, OH, OW, M], or floats [N, Q, OH, OW]. Maps that
// lie [N, H, W, C] are bfloat16, all else is float. Attributes: pads (top, left, bottom, right; 0), reflect (0), blur
// (0), stride (1), dilation (1), slope (1), maximum (none), skip_first (0).
class Bf16ConvolutionKernel {
  public:
    Bf16ConvolutionKernel(const OrtKernelInfo* info, const char* op, bool planes);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

    // Height or width of the output; 0 or less where the input is too small.
    static int64_t output_size(int64_t input, int64_t before, int64_t after, int64_t size, int64_t stride,
                               int64_t dilation, bool blur);

  private:
    const char* op_;
    const Bf16Kernels& kernels_;
    Bf16Convolution convolution_{};  // but for the tensors and their sizes
    int64_t bottom_, right_;
    PackedWeights weights_;
    std::vector<float> bias_, plane_weights_, plane_bias_;

    // A library's primitives for the sizes that came last; those of earlier sizes stay, since a run may use them.
    struct Sized {
        Bf16Convolution convolution;
        std::unique_ptr<Bands> bands;
    };
    const ConvolutionLibrary* library_ = nullptr;
    std::vector<float> plain_weights_;
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Sized>> all_;
    mutable std::atomic<const Sized*> last_{nullptr};

    void use_library(Bf16Convolution& convolution) const;
};

struct Bf16ConvolutionToNumbers : Bf16ConvolutionKernel {
    explicit Bf16ConvolutionToNumbers(const OrtKernelInfo* info)
        : Bf16ConvolutionKernel(info, "Bf16Convolution", false) {}
};

struct Bf16ConvolutionToPlanes : Bf16ConvolutionKernel {
    explicit Bf16ConvolutionToPlanes(const OrtKernelInfo* info)
        : Bf16ConvolutionKernel(info, "Bf16ConvolutionToPlanes", true) {}
};

struct Bf16ConvolutionOp : NumberOp<Bf16ConvolutionOp, Bf16ConvolutionToNumbers> {
    static constexpr size_t required_inputs = 2, inputs = 5;
    static constexpr bool numbers_out = true;

    static bool numbers(size_t input) { return input == 0 || input == 4; }
    const char* GetName() const { return "Bf16Convolution"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

struct Bf16ConvolutionToPlanesOp : NumberOp<Bf16ConvolutionToPlanesOp, Bf16ConvolutionToPlanes> {
    static constexpr size_t required_inputs = 2, inputs = 7;
    static constexpr bool numbers_out = false;

    static bool numbers(size_t input) { return input == 0 || input == 4; }
    const char* GetName() const { return "Bf16ConvolutionToPlanes"; }
    static OrtStatusPtr InferOutputShape(Ort::ShapeInferContext& context);
};

}  // namespace edgesim
