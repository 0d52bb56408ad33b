#include "fake_ort.h"

#include <algorithm>

namespace edgesim::tests {

namespace {

OrtStatus* fail(const char* message) {
    return new OrtStatus{ORT_FAIL, message};
}

template <class Values, class Value>
OrtStatus* find(const Values& values, const char* name, Value* out) {
    const auto found = values.find(name);
    if (found == values.end()) {
        return fail("no such attribute");
    }
    *out = found->second;
    return nullptr;
}

template <class Lists, class Value>
OrtStatus* find_list(const Lists& lists, const char* name, Value* out, size_t* size) {
    const auto found = lists.find(name);
    if (found == lists.end()) {
        return fail("no such attribute");
    }
    if (out != nullptr) {
        std::copy(found->second.begin(), found->second.end(), out);
    }
    *size = found->second.size();
    return nullptr;
}

OrtApi make() {
    OrtApi api{};
    api.CreateStatus = [](OrtErrorCode code, const char* message) noexcept { return new OrtStatus{code, message}; };
    api.GetErrorCode = [](const OrtStatus* status) noexcept { return status->code; };
    api.GetErrorMessage = [](const OrtStatus* status) noexcept { return status->message.c_str(); };
    api.ReleaseStatus = [](OrtStatus* status) noexcept { delete status; };
    api.KernelInfoGetAttribute_float = [](const OrtKernelInfo* info, const char* name, float* out) noexcept {
        return find(info->floats, name, out);
    };
    api.KernelInfoGetAttribute_int64 = [](const OrtKernelInfo* info, const char* name, int64_t* out) noexcept {
        return find(info->integers, name, out);
    };
    api.KernelInfoGetAttributeArray_float = [](const OrtKernelInfo* info, const char* name, float* out,
                                               size_t* size) noexcept {
        return find_list(info->float_lists, name, out, size);
    };
    api.KernelInfoGetAttributeArray_int64 = [](const OrtKernelInfo* info, const char* name, int64_t* out,
                                               size_t* size) noexcept {
        return find_list(info->integer_lists, name, out, size);
    };
    api.KernelContext_GetInputCount = [](const OrtKernelContext* context, size_t* out) noexcept -> OrtStatus* {
        *out = context->inputs.size();
        return nullptr;
    };
    api.KernelContext_GetInput = [](const OrtKernelContext* context, size_t index,
                                    const OrtValue** out) noexcept -> OrtStatus* {
        const OrtValue& value = context->inputs[index];
        *out = value.data == nullptr ? nullptr : &value;
        return nullptr;
    };
    api.KernelContext_GetOutput = [](OrtKernelContext* context, size_t, const int64_t* sizes, size_t count,
                                     OrtValue** out) noexcept -> OrtStatus* {
        context->output.shape.assign(sizes, sizes + count);
        context->output.data = context->allocate(context->output.shape);
        *out = &context->output;
        return nullptr;
    };
    api.KernelContext_GetGPUComputeStream = [](const OrtKernelContext* context, void** out) noexcept -> OrtStatus* {
        *out = context->stream;
        return nullptr;
    };
    api.GetTensorTypeAndShape = [](const OrtValue* value, OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
        *out = new OrtTensorTypeAndShapeInfo{value->shape};
        return nullptr;
    };
    api.ReleaseTensorTypeAndShapeInfo = [](OrtTensorTypeAndShapeInfo* info) noexcept { delete info; };
    api.GetDimensionsCount = [](const OrtTensorTypeAndShapeInfo* info, size_t* out) noexcept -> OrtStatus* {
        *out = info->shape.size();
        return nullptr;
    };
    api.GetDimensions = [](const OrtTensorTypeAndShapeInfo* info, int64_t* out, size_t count) noexcept -> OrtStatus* {
        std::copy_n(info->shape.begin(), count, out);
        return nullptr;
    };
    api.GetTensorData = [](const OrtValue* value, const void** out) noexcept -> OrtStatus* {
        *out = value->data;
        return nullptr;
    };
    api.GetTensorMutableData = [](OrtValue* value, void** out) noexcept -> OrtStatus* {
        *out = value->data;
        return nullptr;
    };
    api.CreateCustomOpDomain = [](const char*, OrtCustomOpDomain** out) noexcept -> OrtStatus* {
        *out = new OrtCustomOpDomain;
        return nullptr;
    };
    api.ReleaseCustomOpDomain = [](OrtCustomOpDomain* domain) noexcept { delete domain; };
    api.CustomOpDomain_Add = [](OrtCustomOpDomain* domain, const OrtCustomOp* op) noexcept -> OrtStatus* {
        domain->ops.push_back(op);
        return nullptr;
    };
    return api;
}

}  // namespace

const OrtApi& fake_ort() {
    static const OrtApi api = make();
    return api;
}

std::string text_of(OrtStatus* status) {
    if (status == nullptr) {
        return "";
    }
    std::string text = status->message;
    delete status;
    return text;
}

}  // namespace edgesim::tests
