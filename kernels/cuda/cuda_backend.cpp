#include "cuda_backend.h"

#include "launcher.h"

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

}  // namespace edgesim::cuda
