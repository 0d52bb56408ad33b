#pragma once

#include <memory>

#include "../op_support.h"
#include "plan.h"

namespace edgesim::cuda {

// Where an operator's plans run: on the GPU, or for tests on the CPU.
class Runner {
  public:
    virtual ~Runner() = default;
    virtual void run(const Plan& plan, const Ort::KernelContext& context) const = 0;
};

struct Backend {
    const char* provider;  // ONNX Runtime's execution provider
    std::unique_ptr<Runner> (*make)();
};

// What the operators below have in common: all tensors of one type, float or float16. The first one of filters and
// tails is a map [N, C, H, W], or [N, H, W, C] with the attribute channels_last = 1 (0).
struct OpDescription {
    const char* name;
    size_t inputs, required;
    Element element;
    Backend backend;
};

// Operators edgesim.UpFirDown and edgesim.FirTail, version 1; see FirArguments in arguments.h for what they compute.
// Inputs: x; of FirTail also bias [C] and noise [1, 1, H', W'] (optional; whatever the layout). Output: [N, C, H', W']
// or [N, H', W', C], H' = (H * up + top + bottom - taps) / down + 1. Attributes: taps of the filter in one direction,
// scaled so that the two-dimensional kernel has the sum `sum` (1); up (1), down (1); pads top, left, bottom, right (0),
// of zeros or with reflect = 1 (0) mirrored; slope (0.2) of FirTail.
class FirKernel {
  public:
    FirKernel(const OrtKernelInfo* info, const OpDescription& op);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const OpDescription& op_;
    Filter filter_;
    bool channels_last_;
    float slope_;
    std::unique_ptr<Runner> runner_;
};

// Operator edgesim.StyledTail, version 1, as in styled_tail_op.h and with channels last, too.
class TailKernel {
  public:
    TailKernel(const OrtKernelInfo* info, const OpDescription& op);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const OpDescription& op_;
    bool channels_last_;
    float slope_;
    std::unique_ptr<Runner> runner_;
};

// Operator edgesim.ColourTransform, version 1, as in colour_transform_op.h: in float alone, and of a picture that is
// standardised already (attribute standardised = 1), whose sums would take a launch of their own.
class ColourKernel {
  public:
    ColourKernel(const OrtKernelInfo* info, const OpDescription& op);
    OrtStatusPtr ComputeV2(OrtKernelContext* context) const;

  private:
    const OpDescription& op_;
    std::unique_ptr<Runner> runner_;
};

// Adds the operators for both types; the domain keeps pointers to objects of the library's own lifetime. Before others
// of the same names: ONNX Runtime infers shapes and types by the first one's rule, and this one knows both types.
void add_operators(Ort::CustomOpDomain& domain, const Backend& backend);

}  // namespace edgesim::cuda
