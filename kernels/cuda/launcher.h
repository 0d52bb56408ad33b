#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "module.h"
#include "plan.h"

namespace edgesim::cuda {

// Runs plans on the GPU; one for each operator in a graph. Loads the kernels when it is made, if a context is current
// then (a launch may be recorded into a CUDA graph, where nothing may be loaded), else with the first launch.
class Launcher {
  public:
    // Throws an Error.
    Launcher();

    // Queues the plan in the stream, from any thread whose current context is the stream's. No lock once kernels are
    // loaded. Throws an Error.
    void launch(const Plan& plan, void* stream) const;

  private:
    const Module& load(void* context) const;

    mutable std::mutex gate_;
    mutable std::shared_ptr<const Module> module_;
    mutable std::atomic<const Module*> loaded_{nullptr};
};

}  // namespace edgesim::cuda
