#include "styled_tail_op.h"

#include "dispatch.h"

namespace edgesim {

namespace {

constexpr const char* op = "StyledTail";

}  // namespace

StyledTailKernel::StyledTailKernel(const OrtKernelInfo* info) : slope_(attribute_or(info, "slope", 0.2f)) {
    int64_t channels_last = 0;
    // The GPU's operator of this name has the attribute, see cuda/ops.h; most nodes lack it.
    Ort::Status status(Ort::GetApi().KernelInfoGetAttribute_int64(info, "channels_last", &channels_last));
    if (channels_last != 0) {
        throw Ort::Exception("edgesim.StyledTail: channels last (attribute 'channels_last') runs on a GPU only.",
                             ORT_INVALID_ARGUMENT);
    }
}

OrtStatusPtr StyledTailKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput x = read_input(context, 0), bias = read_input(context, 1), noise = read_input(context, 2),
                          skip = read_input(context, 3);
        require_map(op, "x", x);
        const int64_t batch = x.shape[0], channels = x.shape[1], height = x.shape[2], width = x.shape[3];
        require_shape(op, "bias", bias, {channels});
        if (noise) {
            require_shape(op, "noise", noise, {1, 1, height, width});
        }
        StyledTail tail;
        tail.skip_size = read_skip_size(op, skip, x.shape);
        tail.x = x.values;
        tail.bias = bias.values;
        tail.noise = noise.values;
        tail.skip = skip.values;
        tail.output = context.GetOutput(0, x.shape).GetTensorMutableData<float>();
        tail.batch = batch;
        tail.channels = channels;
        tail.height = height;
        tail.width = width;
        tail.slope = slope_;
        const Kernels& level = kernels(current_level());
        parallel_for(context, tail.tasks(), [&](int64_t task) { level.styled_tail(tail, task); });
    });
}

OrtStatusPtr StyledTailOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] { Ort::ThrowOnError(context.SetOutputShape(0, context.GetInputShape(0))); });
}

}  // namespace edgesim
