#pragma once

#include <memory>
#include <vector>

namespace edgesim::cuda {

// The PTX that this library carries, for a compute capability (80 for 8.0); null where the device is too old.
const char* embedded_ptx(int capability);

// The kernels, loaded into one context. All operators of a context share one module; it is unloaded with the last of
// them.
class Module {
  public:
    // Of the calling thread's current context, which must not be null. Throws an Error.
    static std::shared_ptr<const Module> of_context(void* context);

    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    void* context() const { return context_; }

    // By number, see entry_names.
    void* function(int entry) const { return functions_[entry]; }

  private:
    explicit Module(void* context);
    void load(int device);

    void* context_;
    void* module_ = nullptr;
    // The device whose primary context this holds, so that no new context can get the handle's value meanwhile; -1:
    // none.
    int retained_ = -1;
    std::vector<void*> functions_;
};

}  // namespace edgesim::cuda
