#include <cstdio>
#include <string>

#include "bf16/register.h"
#if EDGESIM_CUDA
#include "cuda/cuda_backend.h"
#endif
#include "colour_transform_op.h"
#include "styled_convolution_op.h"
#include "styled_tail_op.h"
#include "upsample_tail_op.h"

namespace {

// ONNX Runtime keeps pointers to the operators as long as any session lives, hence objects of the library's own
// lifetime.
void register_operators(OrtSessionOptions* options) {
    static const edgesim::UpsampleTailOp upsample_tail;
    static const edgesim::StyledTailOp styled_tail;
    static const edgesim::StyledConvolutionOp styled_convolution;
    static const edgesim::ColourTransformOp colour_transform;
    static Ort::CustomOpDomain domain = [] {
        Ort::CustomOpDomain created("edgesim");
#if EDGESIM_CUDA
        edgesim::cuda::add_operators(created, edgesim::cuda::cuda_backend());
#endif
        created.Add(&upsample_tail);
        created.Add(&styled_tail);
        created.Add(&styled_convolution);
        created.Add(&colour_transform);
        edgesim::add_bf16_operators(created);
        return created;
    }();
    Ort::ThrowOnError(Ort::GetApi().AddCustomOpDomain(options, domain));
}

}  // namespace

// The entry point that ONNX Runtime looks for in a custom-op library.
extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(OrtSessionOptions* options,
                                                                               const OrtApiBase* base) {
    const OrtApi* api = base->GetApi(ORT_API_VERSION);
    if (api == nullptr) {
        return base->GetApi(1)->CreateStatus(
            ORT_NOT_IMPLEMENTED, "The edgesim operators were built for a newer ONNX Runtime than this one.");
    }
    Ort::InitApi(api);
    return edgesim::guarded([&] { register_operators(options); });
}

// Whether the library has the GPU's operators, too: it was built where there was a compiler for them.
extern "C" __attribute__((visibility("default"))) int edgesim_has_cuda() {
    return EDGESIM_CUDA;
}

// Why the GPU whose context is the calling thread's can't run those operators, as a sentence that ends in 0, cut to the
// size; returns 0 where it can. Their kernels are really loaded: a driver may be older than what compiled them.
extern "C" __attribute__((visibility("default"))) int edgesim_cuda_refusal(char* text, int size) {
#if EDGESIM_CUDA
    const std::string reason = edgesim::cuda::refusal();
#else
    const std::string reason = "The native operators were built without those for a GPU.";
#endif
    if (size > 0) {
        std::snprintf(text, static_cast<size_t>(size), "%s", reason.c_str());
    }
    return reason.empty() ? 0 : 1;
}
