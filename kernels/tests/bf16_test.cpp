// Every bfloat16 kernel at every level that this processor has, against the definitions in double, on random shapes.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "bf16/dispatch.h"
#include "bf16_cases.h"
#include "emulated_levels.h"

namespace edgesim::tests {
namespace {

int failures = 0;

void check(bool good, const char* what, const char* kernel, const char* level, int run) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s (%s at %s, run %d)\n", what, kernel, level, run);
    }
}

bool same_kind(double actual, double expected) {
    if (std::isnan(expected)) {
        return std::isnan(actual);
    }
    return std::isinf(expected) ? actual == expected : std::isfinite(actual);
}

template <class Arguments>
int64_t scratch_bytes(const Arguments& arguments) {
    return arguments.scratch();
}
int64_t scratch_bytes(const Bf16Entry&) {
    return 64;
}
int64_t scratch_bytes(const Bf16Normalisation&) {
    return 64;
}

template <class C, class... More>
void compare(const char* name, const Bf16Kernels& kernels, int run, std::vector<double>& expected, More... more) {
    C c(run, kernels, more...);
    // The same for all levels, and slow.
    if (expected.empty()) {
        expected = c.expected();
    }
    const int64_t tasks = c.arguments.tasks();
    c.clear();
    void* const scratch = c.scratch(scratch_bytes(c.arguments));
    for (int64_t task = 0; task < tasks; task++) {
        c.run(kernels, task, scratch);
    }
    // Rounding is half a unit in the last of 8 binary places; sums in float are off by some of their largest terms'
    // last.
    double scale = 0;
    for (double value : expected) {
        scale = std::isfinite(value) ? std::max(scale, std::abs(value)) : scale;
    }
    const double relative = c.in_floats() ? 1e-5 : 1.0 / 256, absolute = c.slack() * scale + 2e-38;
    bool kinds = true, near = true;
    for (size_t i = 0; i < expected.size(); i++) {
        const double actual = c.actual(static_cast<int64_t>(i));
        kinds = kinds && same_kind(actual, expected[i]);
        near = near && (!std::isfinite(expected[i]) || !std::isfinite(actual) ||
                        std::abs(actual - expected[i]) <= relative * std::abs(expected[i]) + absolute);
    }
    check(kinds, "infinities and NaN stay where the definition has them", C::name, name, run);
    check(near, "results lie within rounding of the definition's", C::name, name, run);

    // The same tasks from the last to the first on two threads.
    auto bits = [&] {
        std::vector<double> values(expected.size());
        for (size_t i = 0; i < values.size(); i++) {
            values[i] = c.actual(static_cast<int64_t>(i));
        }
        return values;
    };
    const std::vector<double> once = bits();
    c.clear();
    std::atomic<int64_t> next{tasks};
    auto work = [&](void* own) {
        for (int64_t task = --next; task >= 0; task = --next) {
            c.run(kernels, task, own);
        }
    };
    void* const second = c.scratch(scratch_bytes(c.arguments));
    std::thread other(work, second);
    work(scratch);
    other.join();
    const std::vector<double> again = bits();
    check(std::memcmp(once.data(), again.data(), once.size() * sizeof(double)) == 0,
          "two threads give the same bits as one", C::name, name, run);
}

template <class C>
void compare(int run) {
    std::vector<double> expected;
    for (int i = 0; i < bf16_level_count; i++) {
        if (supported(static_cast<Bf16Level>(i))) {
            compare<C>(bf16_level_names[i], bf16_kernels(static_cast<Bf16Level>(i)), run, expected);
        }
    }
    // What AVX2 has not, these emulate, slowly: one of them a run. They are compiled for AVX2.
    if (supported(Bf16Level::avx2)) {
        const char* const names[] = {"avx512, emulated", "avx512_bf16, emulated", "amx, emulated"};
        const Bf16Kernels* const levels[] = {&emulated_avx512, &emulated_avx512_bf16, &emulated_amx};
        compare<C>(names[run % 3], *levels[run % 3], run, expected);
    }
}

// oneDNN's sums, as the kernels at AMX's level take them where it is faster; here at whatever level there is.
void library() {
    const ConvolutionLibrary* const onednn = convolution_library();
    if (onednn == nullptr) {
        std::printf("skipped: there is no oneDNN\n");
        return;
    }
    int used = 0;
    for (int run = 0; run < 24; run++) {
        for (const Bf16Level level : {Bf16Level::avx2, Bf16Level::amx}) {
            if (supported(level)) {
                std::vector<double> expected;
                compare<ConvolutionCase>("oneDNN", bf16_kernels(level), run, expected, onednn);
                used += ConvolutionCase(run, bf16_kernels(level), onednn).arguments.library != nullptr;
            }
        }
    }
    check(used > 12, "oneDNN takes part", "convolution", "oneDNN", used);
    std::printf("oneDNN: %d cases\n", used);
}

void exits() {
    // A map to planes and back is the map.
    Case c(0, 5000);
    constexpr int64_t batch = 2, channels = 5, pixels = 3001;
    const uint16_t* x = c.numbers(batch * channels * pixels);
    float* planes = c.floats(batch * channels * pixels);
    uint16_t* back = c.numbers(batch * channels * pixels);
    const Bf16Kernels& kernels = bf16_kernels(Bf16Level::scalar);
    const Bf16Exit out{x, planes, batch, channels, pixels};
    for (int64_t task = 0; task < out.tasks(); task++) {
        kernels.exit(out, task);
    }
    check(planes[pixels * channels + 2 * pixels + 7] == from_bf16(x[(pixels + 7) * channels + 2]),
          "a pixel is in its plane", "exit", "scalar", 0);
    const Bf16Entry in{planes, nullptr, nullptr, back, batch, channels, channels, pixels, 1};
    for (int64_t task = 0; task < in.tasks(); task++) {
        kernels.entry(in, task);
    }
    check(std::memcmp(x, back, batch * channels * pixels * sizeof(uint16_t)) == 0, "there and back is the same", "exit",
          "scalar", 0);
}

void rounding() {
    const float infinity = std::numeric_limits<float>::infinity();
    const float ulp = 1.0f / 128;
    check(to_bf16(1 + ulp / 2) == 0x3F80 && to_bf16(1 + 3 * ulp / 2) == 0x3F82, "ties go to even", "rounding", "scalar",
          0);
    check(from_bf16(to_bf16(infinity)) == infinity && from_bf16(to_bf16(3.4e38f)) == infinity,
          "the largest become infinite", "rounding", "scalar", 0);
    uint32_t bits = 0x7F800001;  // a signalling NaN whose upper half alone would be infinite
    float nan;
    std::memcpy(&nan, &bits, sizeof(nan));
    check(to_bf16(nan) == 0x7FC0, "a NaN stays one, quiet", "rounding", "scalar", 0);
}

void dispatch() {
    const char* best = edgesim_bf16_level();
    check(std::strcmp(best, "tiles") != 0, "the emulation is never the best", "dispatch", best, 0);
    check(edgesim_set_bf16_level("mmx") == 0 && edgesim_bf16_level() == best, "an unknown level changes nothing",
          "dispatch", best, 0);
    check(edgesim_set_bf16_level("scalar") == 1 && std::strcmp(edgesim_bf16_level(), "scalar") == 0,
          "a level is chosen", "dispatch", best, 0);
    check(edgesim_set_bf16_level(nullptr) == 1 && std::strcmp(edgesim_bf16_level(), best) == 0,
          "the best level is chosen", "dispatch", best, 0);
    if (const char* expected = std::getenv("EDGESIM_EXPECT_LIBRARY")) {
        const bool is_it = std::strncmp(edgesim_bf16_library(), expected, std::strlen(expected)) == 0;
        check(is_it, edgesim_bf16_library(), "the library's name", best, 0);
        // Where there is none it can't be chosen.
        const bool is_none = std::strncmp(expected, "none", 4) == 0;
        check(edgesim_bf16_use_library(2) == (is_none ? 0 : 1), "the library is chosen", "dispatch", best, 0);
    }
    check(edgesim_bf16_gain() == 2 || !supported(Bf16Level::amx), "AMX is a gain", "dispatch", best, 0);
}

}  // namespace
}  // namespace edgesim::tests

int main() {
    using namespace edgesim;
    using namespace edgesim::tests;
    for (int i = 0; i < bf16_level_count; i++) {
        const bool here = supported(static_cast<Bf16Level>(i));
        std::printf(here ? "%s\n" : "skipped: this processor has no %s\n", bf16_level_names[i]);
    }
    std::printf(supported(Bf16Level::avx2) ? "avx512, avx512_bf16, amx: emulated\n"
                                           : "skipped: the emulation needs avx2\n");
    for (int run = 0; run < 42; run++) {
        compare<ConvolutionCase>(run);
        compare<UpsamplingCase>(run);
        compare<EntryCase>(run);
        compare<NormalisationCase>(run);
        compare<MomentsCase>(run);
        compare<StandardisationCase>(run);
    }
    library();
    exits();
    rounding();
    dispatch();
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
