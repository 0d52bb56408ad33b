#include "driver.h"

#include <dlfcn.h>

#include <mutex>
#include <string>

namespace edgesim::cuda {

namespace {

// The name that every release of the driver installs.
std::string library_name = "libcuda.so.1";

template <class Function>
void find(void* library, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    if (function == nullptr) {
        throw Error("The CUDA driver " + library_name + " has no " + name + "; it is too old.");
    }
}

Driver load() {
    void* library = dlopen(library_name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        throw Error("The CUDA driver can't be loaded: " + std::string(dlerror()) + ".");
    }
    Driver d;
    find(library, "cuInit", d.init);
    find(library, "cuCtxGetCurrent", d.context_get_current);
    find(library, "cuCtxPushCurrent_v2", d.context_push_current);
    find(library, "cuCtxPopCurrent_v2", d.context_pop_current);
    find(library, "cuCtxGetDevice", d.context_get_device);
    find(library, "cuDevicePrimaryCtxRetain", d.primary_context_retain);
    find(library, "cuDevicePrimaryCtxRelease_v2", d.primary_context_release);
    find(library, "cuDeviceGetAttribute", d.device_get_attribute);
    find(library, "cuModuleLoadDataEx", d.module_load);
    find(library, "cuModuleUnload", d.module_unload);
    find(library, "cuModuleGetFunction", d.module_get_function);
    find(library, "cuLaunchKernel", d.launch_kernel);
    find(library, "cuGetErrorName", d.error_name);
    find(library, "cuGetErrorString", d.error_string);
    d.check(d.init(0), "start CUDA");
    return d;
}

}  // namespace

void Driver::check(int code, const char* what) const {
    if (code == 0) {
        return;
    }
    const char *name = nullptr, *text = nullptr;
    error_name(code, &name);
    error_string(code, &text);
    throw Error(std::string("The native operators can't ") + what + ": " +
                (name == nullptr ? "CUDA error " + std::to_string(code) : std::string(name)) +
                (text == nullptr ? "" : std::string(" (") + text + ")") + ".");
}

const Driver& driver() {
    // An attempt that fails throws and leaves this unset, so that the next one tries again.
    static const Driver loaded = load();
    return loaded;
}

void use_driver_library(const char* path) {
    library_name = path;
}

}  // namespace edgesim::cuda
