#include "twin.h"

#include <atomic>
#include <thread>
#include <vector>

#include "cuda/kernels.cu"

namespace edgesim::tests {

namespace {

using cuda::FirArguments;
using cuda::TailArguments;

void call(const cuda::Plan& plan) {
    using namespace cuda;
    // In the order of the plan's numbers.
    static void (*const fir[])(FirArguments) = {
#define EDGESIM_KERNEL(T, type, pack, taps, down) edgesim_fir_##type##_v##pack##_t##taps##_d##down,
        EDGESIM_FIR_ENTRIES(EDGESIM_KERNEL)
#undef EDGESIM_KERNEL
#define EDGESIM_KERNEL(T, type) edgesim_fir_any_##type,
            EDGESIM_FIR_ANY_ENTRIES(EDGESIM_KERNEL)
#undef EDGESIM_KERNEL
    };
    static void (*const tail[])(TailArguments) = {
#define EDGESIM_KERNEL(T, type, pack) edgesim_tail_##type##_v##pack,
        EDGESIM_TAIL_ENTRIES(EDGESIM_KERNEL)
#undef EDGESIM_KERNEL
    };
    constexpr int filters = sizeof(fir) / sizeof(*fir), tails = sizeof(tail) / sizeof(*tail);
    if (plan.entry == filters + tails) {
        edgesim_colours(plan.colour);
    } else if (plan.entry < filters) {
        fir[plan.entry](plan.fir);
    } else {
        tail[plan.entry - filters](plan.tail);
    }
}

void run_group(const cuda::Plan& plan, int64_t group) {
    using namespace cuda;
    gridDim = {plan.grid.x, plan.grid.y, plan.grid.z};
    blockDim = {plan.block.x, plan.block.y, plan.block.z};
    blockIdx = {static_cast<unsigned>(group % plan.grid.x), static_cast<unsigned>(group / plan.grid.x % plan.grid.y),
                static_cast<unsigned>(group / plan.grid.x / plan.grid.y)};
    for (unsigned y = 0; y < plan.block.y; y++) {
        for (unsigned x = 0; x < plan.block.x; x++) {
            threadIdx = {x, y, 0};
            call(plan);
        }
    }
}

}  // namespace

void run_on_cpu(const cuda::Plan& plan, int workers) {
    std::atomic<int64_t> left{int64_t{plan.grid.x} * plan.grid.y * plan.grid.z};
    auto work = [&] {
        for (int64_t group = --left; group >= 0; group = --left) {
            run_group(plan, group);
        }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < workers; i++) {
        others.emplace_back(work);
    }
    work();
    for (std::thread& other : others) {
        other.join();
    }
}

}  // namespace edgesim::tests
