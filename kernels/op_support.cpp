#include "op_support.h"

namespace edgesim {

std::string text(const std::vector<int64_t>& shape) {
    std::string result = "[";
    for (size_t i = 0; i < shape.size(); i++) {
        result += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return result + "]";
}

namespace {

[[noreturn]] void refuse(const char* op, const char* input, const TensorInput& tensor, const std::string& expected) {
    throw Ort::Exception(std::string("edgesim.") + op + ": input '" + input + "' has shape " + text(tensor.shape) +
                             ", expected " + expected + ".",
                         ORT_INVALID_ARGUMENT);
}

}  // namespace

TensorInput read_input(const Ort::KernelContext& context, size_t index) {
    TensorInput result;
    if (index < context.GetInputCount()) {
        if (Ort::ConstValue value = context.GetInput(index)) {
            result.shape = value.GetTensorTypeAndShapeInfo().GetShape();
            result.values = value.GetTensorData<float>();
        }
    }
    return result;
}

void require_shape(const char* op, const char* input, const TensorInput& tensor,
                   std::initializer_list<int64_t> expected) {
    std::vector<int64_t> shape(expected);
    if (tensor.shape != shape) {
        refuse(op, input, tensor, text(shape));
    }
}

void require_map(const char* op, const char* input, const TensorInput& tensor) {
    bool good = tensor.shape.size() == 4;
    for (int64_t size : tensor.shape) {
        good = good && size > 0;
    }
    if (!good) {
        refuse(op, input, tensor, "[N, C, H, W] without empty dimensions");
    }
}

Skip read_skip_size(const char* op, const TensorInput& skip, const std::vector<int64_t>& map) {
    if (!skip) {
        return Skip::none;
    }
    if (skip.shape == map) {
        return Skip::full;
    }
    // A picture of odd size has no half: then only its own size will do.
    const bool even = map[2] % 2 == 0 && map[3] % 2 == 0;
    require_shape(op, "skip", skip, {map[0], map[1], even ? map[2] / 2 : map[2], even ? map[3] / 2 : map[3]});
    return Skip::half;
}

float attribute_or(const OrtKernelInfo* info, const char* name, float otherwise) {
    float value = otherwise;
    Ort::Status status(Ort::GetApi().KernelInfoGetAttribute_float(info, name, &value));
    return status.IsOK() ? value : otherwise;
}

std::vector<float> attribute_or(const OrtKernelInfo* info, const char* name, std::vector<float> otherwise) {
    size_t count = 0;
    Ort::Status status(Ort::GetApi().KernelInfoGetAttributeArray_float(info, name, nullptr, &count));
    if (!status.IsOK()) {
        return otherwise;
    }
    std::vector<float> values(count);
    Ort::ThrowOnError(Ort::GetApi().KernelInfoGetAttributeArray_float(info, name, values.data(), &count));
    return values;
}

int64_t attribute_or(const OrtKernelInfo* info, const char* name, int64_t otherwise) {
    int64_t value = otherwise;
    Ort::Status status(Ort::GetApi().KernelInfoGetAttribute_int64(info, name, &value));
    return status.IsOK() ? value : otherwise;
}

std::vector<int64_t> attribute_or(const OrtKernelInfo* info, const char* name, std::vector<int64_t> otherwise) {
    size_t count = 0;
    Ort::Status status(Ort::GetApi().KernelInfoGetAttributeArray_int64(info, name, nullptr, &count));
    if (!status.IsOK()) {
        return otherwise;
    }
    std::vector<int64_t> values(count);
    Ort::ThrowOnError(Ort::GetApi().KernelInfoGetAttributeArray_int64(info, name, values.data(), &count));
    return values;
}

}  // namespace edgesim
