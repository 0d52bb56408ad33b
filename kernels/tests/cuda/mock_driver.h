#pragma once

#include <cstdint>
#include <string>

namespace edgesim::tests {

// The fake CUDA driver (kernels/tests/mock_cuda) as a test sees it: its rules, orders and counts, and the device's side
// of ONNX Runtime (context, streams, memory).
class MockDriver {
  public:
    using Hook = void (*)(const char* name, const unsigned* grid, const unsigned* block, unsigned shared,
                          void** parameters);

    explicit MockDriver(const char* path);

    void (*reset)(int devices, int capability, uint64_t memory_limit);
    void (*fail)(const char* function, int after, int code);
    const char* (*violation)();
    int (*calls)(const char* function);
    int (*live)();
    void (*on_launch)(Hook hook);

    int (*init)(unsigned flags);
    int (*retain)(void** context, int device);
    int (*release)(int device);
    int (*set_current)(void* context);
    int (*stream_create)(void** stream, unsigned flags, int priority);
    int (*stream_destroy)(void* stream);
    int (*stream_synchronize)(void* stream);
    int (*allocate)(uint64_t* address, size_t bytes);
    int (*free)(uint64_t address);
};

}  // namespace edgesim::tests
