#include "dispatch.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace edgesim {

namespace {

constexpr const char* names[level_count] = {"scalar", "avx2", "avx512"};

Level best() {
    Level level = Level::scalar;
    for (int i = 0; i < level_count; i++) {
        if (supported(static_cast<Level>(i))) {
            level = static_cast<Level>(i);
        }
    }
    return level;
}

bool find(const char* name, Level& level) {
    for (int i = 0; i < level_count; i++) {
        if (std::strcmp(names[i], name) == 0 && supported(static_cast<Level>(i))) {
            level = static_cast<Level>(i);
            return true;
        }
    }
    return false;
}

Level initial() {
    Level level = best();
    if (const char* wanted = std::getenv("EDGESIM_KERNELS_LEVEL")) {
        find(wanted, level);
    }
    return level;
}

std::atomic<Level>& current() {
    static std::atomic<Level> level{initial()};
    return level;
}

}  // namespace

bool supported(Level level) {
    switch (level) {
        case Level::avx512:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq") && supported(Level::avx2);
        case Level::avx2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        default:
            return true;
    }
}

const Kernels& kernels(Level level) {
    switch (level) {
        case Level::avx512:
            return avx512_kernels;
        case Level::avx2:
            return avx2_kernels;
        default:
            return scalar_kernels;
    }
}

Level current_level() {
    return current().load(std::memory_order_relaxed);
}

}  // namespace edgesim

const char* edgesim_level() {
    return edgesim::names[static_cast<int>(edgesim::current_level())];
}

int edgesim_set_level(const char* name) {
    edgesim::Level level = edgesim::best();
    if (name != nullptr && !edgesim::find(name, level)) {
        return 0;
    }
    edgesim::current().store(level, std::memory_order_relaxed);
    return 1;
}
