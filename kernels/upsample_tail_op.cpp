#include "upsample_tail_op.h"

#include <cmath>

#include "dispatch.h"

namespace edgesim {

namespace {

constexpr const char* op = "UpsampleTail";

}  // namespace

UpsampleTailKernel::UpsampleTailKernel(const OrtKernelInfo* info) : slope_(attribute_or(info, "slope", 0.2f)) {
    const std::vector<float> taps = attribute_or(info, "taps", std::vector<float>{1, 3, 3, 1});
    float total = 0;
    for (float tap : taps) {
        total += tap;
    }
    if (taps.size() != 4 || total == 0) {
        throw Ort::Exception("edgesim.UpsampleTail: attribute 'taps' needs four values with a sum other than 0.",
                             ORT_INVALID_ARGUMENT);
    }
    const float gain = std::sqrt(attribute_or(info, "sum", 4.0f)) / total;
    for (size_t k = 0; k < 4; k++) {
        taps_[k] = taps[k] * gain;
    }
}

OrtStatusPtr UpsampleTailKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput phase[2][2] = {{read_input(context, 0), read_input(context, 1)},
                                         {read_input(context, 2), read_input(context, 3)}};
        const TensorInput bias = read_input(context, 4), noise = read_input(context, 5);
        require_map(op, "phase11", phase[1][1]);
        const std::vector<int64_t>& shape = phase[1][1].shape;
        const int64_t batch = shape[0], channels = shape[1], height = shape[2], width = shape[3];
        require_shape(op, "phase00", phase[0][0], {batch, channels, height + 1, width + 1});
        require_shape(op, "phase01", phase[0][1], {batch, channels, height + 1, width});
        require_shape(op, "phase10", phase[1][0], {batch, channels, height, width + 1});
        require_shape(op, "bias", bias, {channels});
        if (noise) {
            require_shape(op, "noise", noise, {1, 1, 2 * height, 2 * width});
        }

        UpsampleTail tail;
        for (int p = 0; p < 2; p++) {
            for (int q = 0; q < 2; q++) {
                tail.phase[p][q] = phase[p][q].values;
            }
        }
        tail.bias = bias.values;
        tail.noise = noise.values;
        tail.output = context.GetOutput(0, {batch, channels, 2 * height, 2 * width}).GetTensorMutableData<float>();
        tail.batch = batch;
        tail.channels = channels;
        tail.height = height;
        tail.width = width;
        for (int k = 0; k < 4; k++) {
            tail.taps[k] = taps_[k];
        }
        tail.slope = slope_;
        const Kernels& level = kernels(current_level());
        parallel_for(context, tail.tasks(), [&](int64_t task) { level.upsample_tail(tail, task); });
    });
}

OrtStatusPtr UpsampleTailOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        // Unknown sizes stay unknown; wrong ones are refused when the node runs.
        const Ort::ShapeInferContext::Shape& phase = context.GetInputShape(3);
        if (phase.size() == 4 && is_known(phase[2]) && is_known(phase[3])) {
            Ort::ThrowOnError(
                context.SetOutputShape(0, {phase[0], phase[1], 2 * phase[2].AsInt(), 2 * phase[3].AsInt()}));
        }
    });
}

}  // namespace edgesim
