#include "cuda/ops.h"
#include "twin.h"

namespace {

class TwinRunner : public edgesim::cuda::Runner {
  public:
    void run(const edgesim::cuda::Plan& plan, const Ort::KernelContext&) const override {
        edgesim::tests::run_on_cpu(plan);
    }
};

std::unique_ptr<edgesim::cuda::Runner> make_runner() {
    return std::make_unique<TwinRunner>();
}

}  // namespace

// The GPU's operators, run by their twin in ONNX Runtime's CPU provider.
extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(OrtSessionOptions* options,
                                                                               const OrtApiBase* base) {
    Ort::InitApi(base->GetApi(ORT_API_VERSION));
    return edgesim::guarded([&] {
        static Ort::CustomOpDomain domain = [] {
            Ort::CustomOpDomain created("edgesim");
            edgesim::cuda::add_operators(created, {"CPUExecutionProvider", make_runner});
            return created;
        }();
        Ort::ThrowOnError(Ort::GetApi().AddCustomOpDomain(options, domain));
    });
}
