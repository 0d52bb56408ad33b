#include "styled_convolution_op.h"

#include <atomic>

#include "dispatch.h"

namespace edgesim {

namespace {

constexpr const char* op = "StyledConvolution";

}  // namespace

StyledConvolutionKernel::StyledConvolutionKernel(const OrtKernelInfo* info)
    : slope_(attribute_or(info, "slope", 0.2f)) {
    int constant = 0;
    const Ort::ConstValue weight = Ort::ConstKernelInfo(info).GetTensorConstantInput(1, &constant);
    if (constant == 0) {
        throw Ort::Exception("edgesim.StyledConvolution: input 'weight' must be constant.", ORT_INVALID_ARGUMENT);
    }
    TensorInput tensor;
    tensor.shape = weight.GetTensorTypeAndShapeInfo().GetShape();
    tensor.values = weight.GetTensorData<float>();
    require_map(op, "weight", tensor);
    require_shape(op, "weight", tensor, {tensor.shape[0], tensor.shape[1], 3, 3});
    outputs_ = tensor.shape[0];
    inputs_ = tensor.shape[1];
    weights_ = winograd_weights(tensor.values, outputs_, inputs_);
}

OrtStatusPtr StyledConvolutionKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput x = read_input(context, 0), bias = read_input(context, 2), noise = read_input(context, 3),
                          skip = read_input(context, 4);
        require_map(op, "x", x);
        const int64_t batch = x.shape[0], height = x.shape[2], width = x.shape[3];
        require_shape(op, "x", x, {batch, inputs_, height, width});
        require_shape(op, "bias", bias, {outputs_});
        if (noise) {
            require_shape(op, "noise", noise, {1, 1, height, width});
        }
        const std::vector<int64_t> result = {batch, outputs_, height, width};
        StyledConvolution convolution;
        convolution.skip_size = read_skip_size(op, skip, result);
        convolution.x = x.values;
        convolution.weights = weights_.data();
        convolution.bias = bias.values;
        convolution.noise = noise.values;
        convolution.skip = skip.values;
        convolution.output = context.GetOutput(0, result).GetTensorMutableData<float>();
        convolution.batch = batch;
        convolution.inputs = inputs_;
        convolution.channels = outputs_;
        convolution.height = height;
        convolution.width = width;
        convolution.slope = slope_;
        const Kernels& level = kernels(current_level());
        std::atomic<bool> out_of_memory{false};
        parallel_for(context, convolution.tasks(), [&](int64_t task) {
            if (float* scratch = thread_scratch(convolution.scratch())) {
                level.styled_convolution(convolution, task, scratch);
            } else {
                out_of_memory = true;
            }
        });
        if (out_of_memory) {
            throw Ort::Exception("edgesim.StyledConvolution: out of memory.", ORT_RUNTIME_EXCEPTION);
        }
    });
}

OrtStatusPtr StyledConvolutionOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        // Unknown sizes stay unknown; wrong ones are refused when the kernel is made or runs.
        Ort::ShapeInferContext::Shape shape = context.GetInputShape(0);
        const Ort::ShapeInferContext::Shape weight = context.GetInputShape(1);
        if (shape.size() == 4 && weight.size() == 4) {
            shape[1] = weight[0];
            Ort::ThrowOnError(context.SetOutputShape(0, shape));
        }
    });
}

}  // namespace edgesim
