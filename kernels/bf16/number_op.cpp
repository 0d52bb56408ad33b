#include "number_op.h"

namespace edgesim {

NumberInput read_numbers(const Ort::KernelContext& context, size_t index) {
    NumberInput result;
    if (index < context.GetInputCount()) {
        if (Ort::ConstValue value = context.GetInput(index)) {
            result.shape = value.GetTensorTypeAndShapeInfo().GetShape();
            result.values = reinterpret_cast<const uint16_t*>(value.GetTensorData<Ort::BFloat16_t>());
        }
    }
    return result;
}

void require_numbers(const char* op, const char* input, const NumberInput& map, int64_t channels) {
    bool good = map.shape.size() == 4 && map.channels() == channels;
    for (int64_t size : map.shape) {
        good = good && size > 0;
    }
    if (!good) {
        throw Ort::Exception(std::string("edgesim.") + op + ": input '" + input + "' has shape " + text(map.shape) +
                                 ", expected [N, H, W, " + std::to_string(channels) + "] without empty dimensions.",
                             ORT_INVALID_ARGUMENT);
    }
}

uint16_t* make_numbers(const Ort::KernelContext& context, const std::vector<int64_t>& shape) {
    return reinterpret_cast<uint16_t*>(context.GetOutput(0, shape).GetTensorMutableData<Ort::BFloat16_t>());
}

TensorInput read_constant(const OrtKernelInfo* info, const char* op, const char* input, size_t index) {
    TensorInput result;
    if (index >= Ort::ConstKernelInfo(info).GetInputCount() || Ort::ConstKernelInfo(info).GetInputName(index).empty()) {
        return result;
    }
    int constant = 0;
    const Ort::ConstValue value = Ort::ConstKernelInfo(info).GetTensorConstantInput(index, &constant);
    if (constant == 0) {
        throw Ort::Exception(std::string("edgesim.") + op + ": input '" + input + "' must be constant.",
                             ORT_INVALID_ARGUMENT);
    }
    result.shape = value.GetTensorTypeAndShapeInfo().GetShape();
    result.values = value.GetTensorData<float>();
    return result;
}

std::vector<float> padded_values(const TensorInput& tensor, int64_t count) {
    std::vector<float> values(static_cast<size_t>(round_up(count, pair_channels)));
    if (tensor) {
        std::copy_n(tensor.values, count, values.begin());
    }
    return values;
}

}  // namespace edgesim
