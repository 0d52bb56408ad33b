#include "module.h"

#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include "driver.h"
#include "plan.h"

namespace edgesim::cuda {

namespace {

// CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR.
constexpr int major_attribute = 75, minor_attribute = 76;
// CUDA_ERROR_UNSUPPORTED_PTX_VERSION.
constexpr int unsupported_ptx = 222;
// CU_JIT_ERROR_LOG_BUFFER and CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES.
constexpr int log_option = 5, log_size_option = 6;

// Never destroyed: operators may outlive the library's static objects when the process ends.
struct Modules {
    std::mutex gate;
    std::map<void*, std::weak_ptr<const Module>> loaded;
};
Modules& modules() {
    static auto* all = new Modules;
    return *all;
}

}  // namespace

std::shared_ptr<const Module> Module::of_context(void* context) {
    Modules& all = modules();
    std::lock_guard<std::mutex> lock(all.gate);
    std::weak_ptr<const Module>& known = all.loaded[context];
    std::shared_ptr<const Module> module = known.lock();
    if (module == nullptr) {
        module.reset(new Module(context));
        known = module;
    }
    return module;
}

Module::Module(void* context) : context_(context) {
    const Driver& d = driver();
    int device;
    d.check(d.context_get_device(&device), "ask for the context's device");
    void* primary;
    d.check(d.primary_context_retain(&primary, device), "hold the device's primary context");
    retained_ = device;
    try {
        if (primary != context) {
            // Somebody else's context, which they keep alive themselves.
            retained_ = -1;
            d.check(d.primary_context_release(device), "let go of the device's primary context");
        }
        load(device);
    } catch (...) {
        if (module_ != nullptr) {
            d.module_unload(module_);
        }
        if (retained_ >= 0) {
            d.primary_context_release(retained_);
        }
        throw;
    }
}

void Module::load(int device) {
    const Driver& d = driver();
    int major, minor;
    d.check(d.device_get_attribute(&major, major_attribute, device), "read the compute capability");
    d.check(d.device_get_attribute(&minor, minor_attribute, device), "read the compute capability");
    const char* ptx = embedded_ptx(10 * major + minor);
    if (ptx == nullptr) {
        throw Error("The GPU has the compute capability " + std::to_string(major) + "." + std::to_string(minor) +
                    ", and the native operators need 7.5 (Turing) or later.");
    }
    char log[4096] = "";
    int options[] = {log_option, log_size_option};
    void* values[] = {log, reinterpret_cast<void*>(sizeof(log) - 1)};
    const int code = d.module_load(&module_, ptx, 2, options, values);
    if (code != 0) {
        module_ = nullptr;
        if (code == unsupported_ptx) {
            throw Error("The driver is older than the compiler of the native operators' kernels; clang's are for any: "
                        "tools/build-kernels.sh -DEDGESIM_CUDA=clang.");
        }
        d.check(code, log[0] == 0 ? "load their kernels" : (std::string("load their kernels (") + log + ")").c_str());
    }
    functions_.resize(entry_count);
    for (int i = 0; i < entry_count; i++) {
        d.check(d.module_get_function(&functions_[i], module_, entry_names[i]), "find their kernels");
    }
}

Module::~Module() {
    const Driver& d = driver();
    // The last operator may be let go on any thread. Whatever the driver answers, there is nothing left to do.
    const bool pushed = d.context_push_current(context_) == 0;
    d.module_unload(module_);
    if (pushed) {
        void* popped;
        d.context_pop_current(&popped);
    }
    if (retained_ >= 0) {
        d.primary_context_release(retained_);
    }
}

}  // namespace edgesim::cuda
