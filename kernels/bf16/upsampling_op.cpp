#include "upsampling_op.h"

#include <cmath>

namespace edgesim {

namespace {

constexpr const char* op = "Bf16Upsampling";

}  // namespace

Bf16UpsamplingKernel::Bf16UpsamplingKernel(const OrtKernelInfo* info) : kernels_(bf16_kernels(current_bf16_level())) {
    const TensorInput weight = read_constant(info, op, "weight", 1), bias = read_constant(info, op, "bias", 2);
    require_map(op, "weight", weight);
    Bf16Upsampling& u = upsampling_;
    u.inputs = weight.shape[0];
    u.outputs = weight.shape[1];
    require_shape(op, "weight", weight, {u.inputs, u.outputs, 3, 3});
    require_shape(op, "bias", bias, {u.outputs});
    const std::vector<float> taps = attribute_or(info, "taps", std::vector<float>{1, 3, 3, 1});
    float total = 0;
    for (float tap : taps) {
        total += tap;
    }
    if (taps.size() != 4 || total == 0) {
        throw Ort::Exception("edgesim.Bf16Upsampling: attribute 'taps' needs four values with a sum other than 0.",
                             ORT_INVALID_ARGUMENT);
    }
    const float gain = std::sqrt(attribute_or(info, "sum", 4.0f)) / total;
    for (size_t k = 0; k < 4; k++) {
        u.taps[k] = taps[k] * gain;
    }
    u.slope = attribute_or(info, "slope", 0.2f);
    u.element_bytes = kernels_.element_bytes();
    weights_ = pack_upsampling(kernels_.elements, weight.values, u.outputs, u.inputs);
    bias_ = padded_values(bias, u.outputs);
}

OrtStatusPtr Bf16UpsamplingKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const NumberInput x = read_numbers(context, 0);
        const TensorInput noise = read_input(context, 3);
        Bf16Upsampling u = upsampling_;
        require_numbers(op, "x", x, u.inputs);
        u.batch = x.batch();
        u.height = x.height();
        u.width = x.width();
        if (noise) {
            require_shape(op, "noise", noise, {1, 1, 2 * u.height, 2 * u.width});
        }
        u.x = x.values;
        u.weights = weights_.data();
        u.bias = bias_.data();
        u.noise = noise.values;
        u.output = make_numbers(context, {u.batch, 2 * u.height, 2 * u.width, u.outputs});
        parallel_for_with_scratch(context, op, u.tasks(), u.scratch(),
                                  [&](int64_t task, void* scratch) { kernels_.upsampling(u, task, scratch); });
    });
}

OrtStatusPtr Bf16UpsamplingOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        const Ort::ShapeInferContext::Shape x = context.GetInputShape(0), weight = context.GetInputShape(1);
        if (x.size() == 4 && weight.size() == 4 && is_known(x[1]) && is_known(x[2])) {
            Ort::ThrowOnError(context.SetOutputShape(0, {x[0], 2 * x[1].AsInt(), 2 * x[2].AsInt(), weight[1]},
                                                     ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16));
        }
    });
}

}  // namespace edgesim
