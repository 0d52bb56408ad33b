#pragma once

#include <onnxruntime_cxx_api.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "styled_tail.h"

namespace edgesim {

// An optional float input of an operator as shape and values; `values` is null where the node has none.
struct TensorInput {
    std::vector<int64_t> shape;
    const float* values = nullptr;

    explicit operator bool() const { return values != nullptr; }
};

// A shape for messages.
std::string text(const std::vector<int64_t>& shape);

TensorInput read_input(const Ort::KernelContext& context, size_t index);

// Throws an Ort::Exception that names operator, input, its shape and the one that was expected.
void require_shape(const char* op, const char* input, const TensorInput& tensor,
                   std::initializer_list<int64_t> expected);

// Throws an Ort::Exception unless the tensor has four dimensions, none of them zero.
void require_map(const char* op, const char* input, const TensorInput& tensor);

// How an optional skip connection enters a map of this shape; throws an Ort::Exception where its size is another.
Skip read_skip_size(const char* op, const TensorInput& skip, const std::vector<int64_t>& map);

// Whether a size is told while shapes are inferred: it may be a name, or nothing at all.
inline bool is_known(const Ort::ShapeInferContext::SymbolicInteger& size) {
    return size.IsInt() && size.AsInt() > 0;
}

// Attributes that a node may leave out.
float attribute_or(const OrtKernelInfo* info, const char* name, float otherwise);
int64_t attribute_or(const OrtKernelInfo* info, const char* name, int64_t otherwise);
std::vector<int64_t> attribute_or(const OrtKernelInfo* info, const char* name, std::vector<int64_t> otherwise);
std::vector<float> attribute_or(const OrtKernelInfo* info, const char* name, std::vector<float> otherwise);

// Runs task(i) for i in 0 .. tasks - 1 on ONNX Runtime's own threads. The task must not throw.
template <class Task>
void parallel_for(const Ort::KernelContext& context, int64_t tasks, const Task& task) {
    if (tasks <= 0) {
        return;
    }
    // More batches than threads, so that a thread that was held up does not hold up the others.
    constexpr size_t batches = 64;
    const size_t total = static_cast<size_t>(tasks);
    context.ParallelFor([](void* data, size_t i) { (*static_cast<const Task*>(data))(static_cast<int64_t>(i)); }, total,
                        total < batches ? total : batches, const_cast<Task*>(&task));
}

// Makes an error of whatever `body` throws: no exception may cross into ONNX Runtime.
template <class Body>
OrtStatusPtr guarded(const Body& body) noexcept {
    try {
        body();
        return nullptr;
    } catch (const Ort::Exception& e) {
        return Ort::GetApi().CreateStatus(e.GetOrtErrorCode(), e.what());
    } catch (const std::exception& e) {
        return Ort::GetApi().CreateStatus(ORT_RUNTIME_EXCEPTION, e.what());
    }
}

// What the operators of this library have in common: float tensors in, one float tensor out.
template <class Op, class Kernel>
struct FloatOp : Ort::CustomOpBase<Op, Kernel, true> {
    const char* GetExecutionProviderType() const { return "CPUExecutionProvider"; }
    size_t GetInputTypeCount() const { return Op::inputs; }
    ONNXTensorElementDataType GetInputType(size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
    OrtCustomOpInputOutputCharacteristic GetInputCharacteristic(size_t index) const {
        return index < Op::required_inputs ? INPUT_OUTPUT_REQUIRED : INPUT_OUTPUT_OPTIONAL;
    }
    size_t GetOutputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetOutputType(size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
    OrtStatusPtr CreateKernelV2(const OrtApi&, const OrtKernelInfo* info, void** kernel) const {
        return guarded([&] { *kernel = new Kernel(info); });
    }
};

}  // namespace edgesim
