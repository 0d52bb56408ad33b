#include "mock_driver.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

namespace edgesim::tests {

MockDriver::MockDriver(const char* path) {
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    auto find = [&](const char* name, auto& function) {
        function = library == nullptr
                       ? nullptr
                       : reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (function == nullptr) {
            std::printf("FAILED: the fake driver %s has no %s\n", path, name);
            std::exit(1);
        }
    };
    find("mock_reset", reset);
    find("mock_fail", fail);
    find("mock_violation", violation);
    find("mock_calls", calls);
    find("mock_live", live);
    find("mock_on_launch", on_launch);
    find("cuInit", init);
    find("cuDevicePrimaryCtxRetain", retain);
    find("cuDevicePrimaryCtxRelease_v2", release);
    find("cuCtxSetCurrent", set_current);
    find("cuStreamCreateWithPriority", stream_create);
    find("cuStreamDestroy_v2", stream_destroy);
    find("cuStreamSynchronize", stream_synchronize);
    find("cuMemAlloc_v2", allocate);
    find("cuMemFree_v2", free);
}

}  // namespace edgesim::tests
