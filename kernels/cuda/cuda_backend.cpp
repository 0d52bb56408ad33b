#include "cuda_backend.h"

#include "driver.h"
#include "launcher.h"
#include "module.h"

namespace edgesim::cuda {

namespace {

class CudaRunner : public Runner {
  public:
    void run(const Plan& plan, const Ort::KernelContext& context) const override {
        launcher_.launch(plan, context.GetGPUComputeStream());
    }

  private:
    Launcher launcher_;
};

}  // namespace

Backend cuda_backend() {
    return {"CUDAExecutionProvider", []() -> std::unique_ptr<Runner> { return std::make_unique<CudaRunner>(); }};
}

std::string refusal() {
    try {
        const Driver& d = driver();
        void* context;
        d.check(d.context_get_current(&context), "ask for the current context");
        if (context == nullptr) {
            return "There is no current CUDA context.";
        }
        Module::of_context(context);
        return "";
    } catch (const Error& error) {
        return error.what();
    }
}

}  // namespace edgesim::cuda
