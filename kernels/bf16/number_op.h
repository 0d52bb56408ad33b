#pragma once

#include <atomic>

#include "../op_support.h"
#include "../winograd.h"
#include "dispatch.h"

namespace edgesim {

// A map of bfloat16 that lies [N, H, W, C]; `values` is null where the node has none.
struct NumberInput {
    std::vector<int64_t> shape;
    const uint16_t* values = nullptr;

    explicit operator bool() const { return values != nullptr; }
    int64_t batch() const { return shape[0]; }
    int64_t height() const { return shape[1]; }
    int64_t width() const { return shape[2]; }
    int64_t channels() const { return shape[3]; }
};

NumberInput read_numbers(const Ort::KernelContext& context, size_t index);

// Throws an Ort::Exception unless the map has four dimensions, none of them zero, and so many channels.
void require_numbers(const char* op, const char* input, const NumberInput& map, int64_t channels);

uint16_t* make_numbers(const Ort::KernelContext& context, const std::vector<int64_t>& shape);

// A constant float input; no shape where the node has none. Throws an Ort::Exception where it isn't constant.
TensorInput read_constant(const OrtKernelInfo* info, const char* op, const char* input, size_t index);

// Its values, or zeros where there is none, with zeros behind them up to a multiple of 32.
std::vector<float> padded_values(const TensorInput& tensor, int64_t count);

// Runs task(i, scratch) with `bytes` of memory for each thread.
template <class Task>
void parallel_for_with_scratch(const Ort::KernelContext& context, const char* op, int64_t tasks, int64_t bytes,
                               const Task& task) {
    std::atomic<bool> out_of_memory{false};
    parallel_for(context, tasks, [&](int64_t i) {
        if (float* scratch = thread_scratch(bytes / static_cast<int64_t>(sizeof(float)))) {
            task(i, static_cast<void*>(scratch));
        } else {
            out_of_memory = true;
        }
    });
    if (out_of_memory) {
        throw Ort::Exception(std::string("edgesim.") + op + ": out of memory.", ORT_RUNTIME_EXCEPTION);
    }
}

// What the operators have in common: `Op::numbers(i)` tells whether input i is a map of bfloat16, `Op::numbers_out`
// whether the output is.
template <class Op, class Kernel>
struct NumberOp : FloatOp<Op, Kernel> {
    ONNXTensorElementDataType GetInputType(size_t index) const {
        return Op::numbers(index) ? ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    }
    ONNXTensorElementDataType GetOutputType(size_t) const {
        return Op::numbers_out ? ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    }
};

}  // namespace edgesim
