#include "dispatch.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "../dispatch.h"

namespace edgesim {

const char* const bf16_level_names[bf16_level_count] = {"tiles", "scalar", "avx2", "avx512", "avx512_bf16", "amx"};

namespace {

// A bit of CPUID's leaf 7.
bool feature(unsigned subleaf, int result, int bit) {
    unsigned r[4] = {};
    return __get_cpuid_count(7, subleaf, &r[0], &r[1], &r[2], &r[3]) != 0 && (r[result] >> bit & 1) != 0;
}

// The system must save the tiles of threads that it interrupts, and be asked for them: arch_prctl(ARCH_REQ_XCOMP_PERM,
// XFEATURE_XTILE_DATA), once a process.
bool ask_for_tiles() {
    constexpr int edx = 3;
    if (!feature(0, edx, 22) || !feature(0, edx, 24)) {  // AMX-BF16, AMX-TILE
        return false;
    }
#if defined(SYS_arch_prctl)
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}

using Peak = double (*)(int64_t);

Peak peak_loop(Bf16Level level) {
    switch (level) {
        case Bf16Level::avx2:
            return bf16_peak_avx2;
        case Bf16Level::avx512:
            return bf16_peak_avx512;
        case Bf16Level::avx512_bf16:
            return bf16_peak_avx512_bf16;
        case Bf16Level::amx:
            return bf16_peak_amx;
        default:
            return nullptr;
    }
}

// Half as fast again as fused multiply-additions: less would not pay for what the float graph saves by Winograd's form.
bool dot_products_gain() {
    static const bool gain =
        supported(Bf16Level::avx512_bf16) && bf16_peak(Bf16Level::avx512_bf16) > 1.5 * bf16_peak(Bf16Level::avx512);
    return gain;
}

Bf16Level best() {
    if (supported(Bf16Level::amx)) {
        return Bf16Level::amx;
    }
    if (dot_products_gain()) {
        return Bf16Level::avx512_bf16;
    }
    for (const Bf16Level level : {Bf16Level::avx512, Bf16Level::avx2}) {
        if (supported(level)) {
            return level;
        }
    }
    return Bf16Level::scalar;
}

bool find(const char* name, Bf16Level& level) {
    for (int i = 0; i < bf16_level_count; i++) {
        if (std::strcmp(bf16_level_names[i], name) == 0 && supported(static_cast<Bf16Level>(i))) {
            level = static_cast<Bf16Level>(i);
            return true;
        }
    }
    return false;
}

Bf16Level initial() {
    Bf16Level level;
    const char* wanted = std::getenv("EDGESIM_BF16_LEVEL");
    return wanted != nullptr && find(wanted, level) ? level : best();
}

std::atomic<Bf16Level>& current() {
    static std::atomic<Bf16Level> level{initial()};
    return level;
}

}  // namespace

bool supported(Bf16Level level) {
    switch (level) {
        case Bf16Level::amx: {
            static const bool tiles = supported(Bf16Level::avx512_bf16) && ask_for_tiles();
            return tiles;
        }
        case Bf16Level::avx512_bf16: {
            constexpr int eax = 0;
            static const bool dot_products = supported(Bf16Level::avx512) && feature(1, eax, 5);
            return dot_products;
        }
        case Bf16Level::avx512:
            return supported(Level::avx512) && __builtin_cpu_supports("avx512bw");
        case Bf16Level::avx2:
            return supported(Level::avx2);
        default:
            return true;
    }
}

const Bf16Kernels& bf16_kernels(Bf16Level level) {
    switch (level) {
        case Bf16Level::amx:
            return bf16_amx;
        case Bf16Level::avx512_bf16:
            return bf16_avx512_bf16;
        case Bf16Level::avx512:
            return bf16_avx512;
        case Bf16Level::avx2:
            return bf16_avx2;
        case Bf16Level::tiles:
            return bf16_tiles;
        default:
            return bf16_scalar;
    }
}

Bf16Level current_bf16_level() {
    return current().load(std::memory_order_relaxed);
}

bool library_takes_part(Bf16Level level, int64_t inputs, int64_t outputs) {
    const LibraryUse use = library_use();
    const bool faster = use == LibraryUse::always ||
                        (use == LibraryUse::where_faster && level == Bf16Level::amx && inputs >= 64 && outputs >= 64);
    return faster && outputs % pair_channels == 0;
}

double bf16_peak(Bf16Level level) {
    const Peak loop = peak_loop(level);
    if (loop == nullptr || !supported(level)) {
        return 0;
    }
    using Clock = std::chrono::steady_clock;
    double best = 0;
    // Some 20 ms in all: the best of a few pieces, since a processor takes a while to reach its frequency.
    for (int i = 0; i < 10; i++) {
        const Clock::time_point start = Clock::now();
        const double done = loop(100'000);
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        best = std::max(best, done / seconds);
    }
    return best;
}

}  // namespace edgesim

const char* edgesim_bf16_level() {
    return edgesim::bf16_level_names[static_cast<int>(edgesim::current_bf16_level())];
}

int edgesim_set_bf16_level(const char* name) {
    edgesim::Bf16Level level = edgesim::best();
    if (name != nullptr && !edgesim::find(name, level)) {
        return 0;
    }
    edgesim::current().store(level, std::memory_order_relaxed);
    return 1;
}

int edgesim_bf16_gain() {
    return edgesim::supported(edgesim::Bf16Level::amx) ? 2 : edgesim::dot_products_gain() ? 1 : 0;
}

double edgesim_bf16_peak(const char* name) {
    edgesim::Bf16Level level;
    return name != nullptr && edgesim::find(name, level) ? edgesim::bf16_peak(level) : 0;
}
