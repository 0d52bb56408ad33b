#pragma once

#include <onnxruntime_cxx_api.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

// As much of ONNX Runtime as an operator sees of it: what stands behind its opaque types, and a table of functions that
// lacks all that the operators don't call.
struct OrtStatus {
    OrtErrorCode code;
    std::string message;
};

struct OrtTensorTypeAndShapeInfo {
    std::vector<int64_t> shape;
};

struct OrtValue {
    std::vector<int64_t> shape;
    void* data = nullptr;
};

struct OrtKernelInfo {
    std::map<std::string, int64_t> integers;
    std::map<std::string, float> floats;
    std::map<std::string, std::vector<int64_t>> integer_lists;
    std::map<std::string, std::vector<float>> float_lists;
};

struct OrtKernelContext {
    std::vector<OrtValue> inputs;  // without data: absent
    OrtValue output;
    std::function<void*(const std::vector<int64_t>& shape)> allocate;
    void* stream = nullptr;
};

struct OrtCustomOpDomain {
    std::vector<const OrtCustomOp*> ops;
};

namespace edgesim::tests {

// The table; the operators' library is to be initialised with it.
const OrtApi& fake_ort();

// The text of a status, which is deleted; empty for success.
std::string text_of(OrtStatus* status);

}  // namespace edgesim::tests
