#include "launcher.h"

#include <string>

#include "driver.h"

namespace edgesim::cuda {

Launcher::Launcher() {
    const Driver& d = driver();
    void* context = nullptr;
    d.check(d.context_get_current(&context), "ask for the current context");
    if (context != nullptr) {
        load(context);
    }
}

const Module& Launcher::load(void* context) const {
    std::lock_guard<std::mutex> lock(gate_);
    if (module_ == nullptr) {
        module_ = Module::of_context(context);
        loaded_.store(module_.get(), std::memory_order_release);
    }
    return *module_;
}

void Launcher::launch(const Plan& plan, void* stream) const {
    const Driver& d = driver();
    void* context = nullptr;
    d.check(d.context_get_current(&context), "ask for the current context");
    if (context == nullptr) {
        throw Error("The native operators run on a thread without a CUDA context.");
    }
    const Module* module = loaded_.load(std::memory_order_acquire);
    if (module == nullptr) {
        module = &load(context);
    }
    if (module->context() != context) {
        throw Error("The native operators run in another CUDA context than the one that they were loaded in.");
    }
    void* parameters[] = {const_cast<void*>(plan.arguments())};
    const int code = d.launch_kernel(module->function(plan.entry), plan.grid.x, plan.grid.y, plan.grid.z, plan.block.x,
                                     plan.block.y, plan.block.z, 0, stream, parameters, nullptr);
    if (code != 0) {
        d.check(code, (std::string("launch ") + entry_names[plan.entry]).c_str());
    }
}

}  // namespace edgesim::cuda
