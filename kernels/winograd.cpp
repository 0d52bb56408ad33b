#include "winograd.h"

#include <cstdlib>
#include <memory>

namespace edgesim {

namespace {

using namespace winograd;

constexpr double G[reach][3] = {{1.0 / 4, 0, 0},
                                {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                {0, 0, 1}};

struct Free {
    void operator()(float* p) const { std::free(p); }
};

struct Scratch {
    std::unique_ptr<float, Free> values;
    int64_t count = 0;
};

}  // namespace

std::vector<float> winograd_weights(const float* weights, int64_t outputs, int64_t inputs) {
    const int64_t panels = (outputs + panel - 1) / panel;
    std::vector<float> packed(static_cast<size_t>(panels * points * inputs * panel));
    for (int64_t o = 0; o < outputs; o++) {
        for (int64_t c = 0; c < inputs; c++) {
            const float* g = weights + (o * inputs + c) * 9;
            for (int64_t i = 0; i < reach; i++) {
                for (int64_t j = 0; j < reach; j++) {
                    double sum = 0;
                    for (int64_t k = 0; k < 9; k++) {
                        sum += G[i][k / 3] * G[j][k % 3] * g[k];
                    }
                    const int64_t at = ((o / panel * points + i * reach + j) * inputs + c) * panel + o % panel;
                    packed[static_cast<size_t>(at)] = static_cast<float>(sum);
                }
            }
        }
    }
    return packed;
}

float* thread_scratch(int64_t count) noexcept {
    thread_local Scratch scratch;
    if (scratch.count < count) {
        const size_t bytes = (static_cast<size_t>(count) * sizeof(float) + 63) / 64 * 64;
        scratch.values.reset();
        scratch.values.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
        scratch.count = scratch.values ? count : 0;
    }
    return scratch.values.get();
}

}  // namespace edgesim
