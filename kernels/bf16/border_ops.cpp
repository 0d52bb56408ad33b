#include "border_ops.h"

#include "../moments.h"

namespace edgesim {

Bf16EntryKernel::Bf16EntryKernel(const OrtKernelInfo* info)
    : kernels_(bf16_kernels(current_bf16_level())), slope_(attribute_or(info, "slope", 1.0f)) {
    const TensorInput weight = read_constant(info, "Bf16Entry", "weight", 1),
                      bias = read_constant(info, "Bf16Entry", "bias", 2);
    if (!weight) {
        if (bias || slope_ != 1) {
            throw Ort::Exception("edgesim.Bf16Entry: a bias or a slope needs a weight.", ORT_INVALID_ARGUMENT);
        }
        return;
    }
    require_map("Bf16Entry", "weight", weight);
    outputs_ = weight.shape[0];
    inputs_ = weight.shape[1];
    require_shape("Bf16Entry", "weight", weight, {outputs_, inputs_, 1, 1});
    require_shape("Bf16Entry", "bias", bias, {outputs_});
    const int64_t pitch = round_up(outputs_, pair_channels);
    weights_.resize(static_cast<size_t>(inputs_ * pitch));
    for (int64_t o = 0; o < outputs_; o++) {
        for (int64_t c = 0; c < inputs_; c++) {
            weights_[static_cast<size_t>(c * pitch + o)] = weight.values[o * inputs_ + c];
        }
    }
    bias_ = padded_values(bias, outputs_);
}

OrtStatusPtr Bf16EntryKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput x = read_input(context, 0);
        require_map("Bf16Entry", "x", x);
        Bf16Entry entry;
        entry.batch = x.shape[0];
        entry.inputs = x.shape[1];
        if (outputs_ > 0) {
            require_shape("Bf16Entry", "x", x, {entry.batch, inputs_, x.shape[2], x.shape[3]});
        }
        entry.outputs = outputs_ > 0 ? outputs_ : entry.inputs;
        entry.pixels = x.shape[2] * x.shape[3];
        entry.slope = slope_;
        entry.x = x.values;
        entry.weights = outputs_ > 0 ? weights_.data() : nullptr;
        entry.bias = bias_.data();
        entry.output = make_numbers(context, {entry.batch, x.shape[2], x.shape[3], entry.outputs});
        parallel_for(context, entry.tasks(), [&](int64_t task) { kernels_.entry(entry, task); });
    });
}

OrtStatusPtr Bf16EntryOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        const Ort::ShapeInferContext::Shape x = context.GetInputShape(0);
        if (x.size() != 4) {
            return;
        }
        const Ort::ShapeInferContext::Shape weight =
            context.GetInputCount() > 1 ? context.GetInputShape(1) : Ort::ShapeInferContext::Shape{};
        Ort::ThrowOnError(context.SetOutputShape(0, {x[0], x[2], x[3], weight.size() == 4 ? weight[0] : x[1]},
                                                 ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16));
    });
}

OrtStatusPtr Bf16ExitKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const NumberInput x = read_numbers(context, 0);
        require_numbers("Bf16Exit", "x", x, x.shape.size() == 4 ? x.channels() : 0);
        Bf16Exit exit;
        exit.batch = x.batch();
        exit.channels = x.channels();
        exit.pixels = x.height() * x.width();
        exit.x = x.values;
        exit.output =
            context.GetOutput(0, {x.batch(), x.channels(), x.height(), x.width()}).GetTensorMutableData<float>();
        parallel_for(context, exit.tasks(), [&](int64_t task) { kernels_.exit(exit, task); });
    });
}

OrtStatusPtr Bf16ExitOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        const Ort::ShapeInferContext::Shape x = context.GetInputShape(0);
        if (x.size() == 4) {
            Ort::ThrowOnError(context.SetOutputShape(0, {x[0], x[3], x[1], x[2]}));
        }
    });
}

Bf16NormalisationKernel::Bf16NormalisationKernel(const OrtKernelInfo* info)
    : kernels_(bf16_kernels(current_bf16_level())) {
    const TensorInput scale = read_constant(info, "Bf16Normalisation", "scale", 1),
                      offset = read_constant(info, "Bf16Normalisation", "offset", 2);
    const int64_t channels = scale.shape.size() == 1 ? scale.shape[0] : 0;
    require_shape("Bf16Normalisation", "scale", scale, {channels});
    require_shape("Bf16Normalisation", "offset", offset, {channels});
    scale_.assign(scale.values, scale.values + channels);
    offset_.assign(offset.values, offset.values + channels);
}

OrtStatusPtr Bf16NormalisationKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const NumberInput x = read_numbers(context, 0);
        const TensorInput labels = read_input(context, 3);
        require_numbers("Bf16Normalisation", "x", x, static_cast<int64_t>(scale_.size()));
        Bf16Normalisation n;
        n.label_channels = 0;
        if (labels) {
            require_map("Bf16Normalisation", "labels", labels);
            n.label_channels = labels.shape[1];
            require_shape("Bf16Normalisation", "labels", labels, {x.batch(), n.label_channels, x.height(), x.width()});
        }
        n.batch = x.batch();
        n.channels = x.channels();
        n.pixels = x.height() * x.width();
        n.x = x.values;
        n.scale = scale_.data();
        n.offset = offset_.data();
        n.labels = labels.values;
        n.output = make_numbers(context, {x.batch(), x.height(), x.width(), n.channels + n.label_channels});
        parallel_for(context, n.tasks(), [&](int64_t task) { kernels_.normalisation(n, task); });
    });
}

OrtStatusPtr Bf16NormalisationOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        Ort::ShapeInferContext::Shape x = context.GetInputShape(0);
        const Ort::ShapeInferContext::Shape labels =
            context.GetInputCount() > 3 ? context.GetInputShape(3) : Ort::ShapeInferContext::Shape{};
        if (x.size() != 4 ||
            (context.GetInputCount() > 3 && (labels.size() != 4 || !is_known(labels[1]) || !is_known(x[3])))) {
            return;
        }
        if (labels.size() == 4) {
            x[3] = x[3].AsInt() + labels[1].AsInt();
        }
        Ort::ThrowOnError(context.SetOutputShape(0, x, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16));
    });
}

OrtStatusPtr Bf16StandardisationKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        constexpr const char* op = "Bf16Standardisation";
        Ort::KernelContext context(raw);
        const NumberInput x = read_numbers(context, 0);
        require_numbers(op, "x", x, x.shape.size() == 4 ? x.channels() : 0);
        Bf16Standardisation a{};
        a.x = x.values;
        a.batch = x.batch();
        a.channels = x.channels();
        a.pixels = x.height() * x.width();
        std::vector<double> moments(static_cast<size_t>(2 * a.batch * a.channels * a.blocks()));
        a.moments = moments.data();
        parallel_for_with_scratch(context, op, a.tasks(), a.scratch(),
                                  [&](int64_t task, void* scratch) { kernels_.moments(a, task, scratch); });
        std::vector<float> mean(static_cast<size_t>(a.batch * a.channels)), scale(mean.size());
        for (size_t i = 0; i < mean.size(); i++) {
            join_moments(a.moments + static_cast<int64_t>(i) * 2 * a.blocks(), a.pixels,
                         Bf16Standardisation::pixels_per_task, epsilon_, mean[i], scale[i]);
        }
        a.mean = mean.data();
        a.scale = scale.data();
        a.output = make_numbers(context, x.shape);
        parallel_for_with_scratch(context, op, a.tasks(), a.scratch(),
                                  [&](int64_t task, void* scratch) { kernels_.standardisation(a, task, scratch); });
    });
}

OrtStatusPtr Bf16StandardisationOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        Ort::ThrowOnError(context.SetOutputShape(0, context.GetInputShape(0), ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16));
    });
}

}  // namespace edgesim
