#pragma once

#include <cstddef>
#include <stdexcept>

namespace edgesim::cuda {

// What went wrong on the GPU, in one sentence.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The CUDA driver, found at run time: the library is the same with and without a GPU. Names and signatures are those of
// the driver API with its handles as plain pointers; results are CUresult.
struct Driver {
    int (*init)(unsigned flags);
    int (*context_get_current)(void** context);
    int (*context_push_current)(void* context);
    int (*context_pop_current)(void** context);
    int (*context_get_device)(int* device);
    int (*primary_context_retain)(void** context, int device);
    int (*primary_context_release)(int device);
    int (*device_get_attribute)(int* value, int attribute, int device);
    int (*module_load)(void** module, const void* image, unsigned count, int* options, void** values);
    int (*module_unload)(void* module);
    int (*module_get_function)(void** function, void* module, const char* name);
    int (*launch_kernel)(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                         unsigned block_y, unsigned block_z, unsigned shared_bytes, void* stream, void** parameters,
                         void** extra);
    int (*error_name)(int code, const char** name);
    int (*error_string)(int code, const char** text);

    // Throws an Error that says what was tried and what the driver answered, unless the code is success.
    void check(int code, const char* what) const;
};

// The process's driver, loaded at the first call that succeeds. Throws an Error where there is none.
const Driver& driver();

// Loads another library in libcuda's place: for tests, before the first use.
void use_driver_library(const char* path);

}  // namespace edgesim::cuda
