// Every bfloat16 kernel at every level that this processor has, against the definitions in double, on random shapes.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "bf16/dispatch.h"
#include "bf16_reference.h"
#include "emulated_levels.h"
#include "guarded_buffer.h"

namespace edgesim::tests {
namespace {

int failures = 0;

void check(bool good, const char* what, const char* kernel, const char* level, int run) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s (%s at %s, run %d)\n", what, kernel, level, run);
    }
}

// One random case: arguments for a kernel and the guarded buffers behind them.
struct Case {
    std::vector<std::unique_ptr<GuardedBuffer>> buffers;
    std::mt19937 random;
    double special, denormal;  // shares of values that are infinite or NaN, and denormal

    Case(int run, int first) : random(static_cast<unsigned>(first + run)) {
        special = run % 5 == 4 ? 0.005 : 0;
        denormal = run % 7 == 3 ? 0.2 : 0;
    }

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    bool coin() { return pick(0, 1) == 1; }

    float value(bool clean) {
        const float x = std::uniform_real_distribution<float>(-1, 1)(random);
        const double chance = clean ? 1 : std::uniform_real_distribution<double>(0, 1)(random);
        if (chance < special) {
            constexpr float infinity = std::numeric_limits<float>::infinity();
            const float values[] = {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
            return values[pick(0, 2)];
        }
        return chance < special + denormal ? x * 1e-38f : x;
    }

    float* floats(int64_t count, bool clean = true) {
        buffers.push_back(std::make_unique<GuardedBuffer>(count, coin()));
        for (int64_t i = 0; i < count; i++) {
            (*buffers.back())[i] = value(clean);
        }
        return buffers.back()->data();
    }

    // As the kernels want it: zeros behind the values, up to a multiple of 32.
    float* padded(int64_t count) {
        float* values = floats(round_up(count, 32));
        std::fill(values + count, values + round_up(count, 32), 0.0f);
        return values;
    }

    uint16_t* numbers(int64_t count) {
        const int64_t floats = (count + 1) / 2;
        const bool front = coin();
        buffers.push_back(std::make_unique<GuardedBuffer>(floats, front));
        uint16_t* const all = reinterpret_cast<uint16_t*>(buffers.back()->data());
        uint16_t* const values = front ? all : all + 2 * floats - count;
        for (int64_t i = 0; i < count; i++) {
            values[i] = to_bf16(value(false));
        }
        return values;
    }

    void* scratch(int64_t bytes) {
        buffers.push_back(std::make_unique<GuardedBuffer>(bytes / 4));
        // Not zeros: what a kernel has not written must not matter.
        std::fill_n(buffers.back()->data(), bytes / 4, std::numeric_limits<float>::quiet_NaN());
        return buffers.back()->data();
    }
};

struct ConvolutionCase : Case {
    static constexpr const char* name = "convolution";
    Bf16Convolution arguments{};
    const float* weights;
    PackedWeights packed;
    int64_t outputs;

    ConvolutionCase(int run, const Bf16Kernels& kernels) : Case(run, 1000) {
        Bf16Convolution& a = arguments;
        a.batch = pick(1, 2);
        // Every fourth case crosses the edge of a task, some by a single column.
        const bool wide = run % 4 == 0;
        a.width = wide ? 256 * pick(1, 2) + pick(0, 5) : pick(3, 60);
        a.height = wide ? pick(3, 5) : pick(3, 16);
        a.inputs = pick(1, wide ? 10 : 40);
        a.outputs = wide ? pick(1, 10) : pick(1, 70);
        a.size = 2 * pick(0, 2) + 1;
        a.stride = pick(1, 2);
        a.dilation = a.size == 3 && coin() ? pick(1, 3) : 1;
        a.blur = coin() && a.dilation == 1;
        a.reflect = coin();
        const int64_t most = std::min<int64_t>(2, std::min(a.width, a.height) - 1), reach = a.reach() + (a.blur ? 2 : 0);
        a.top = pick(0, most);
        a.left = pick(0, most);
        const int64_t bottom = pick(0, most), right = pick(0, most);
        // Big enough for the kernel.
        a.height = std::max(a.height, reach - a.top - bottom);
        a.width = std::max(a.width, reach - a.left - right);
        a.out_height = (a.height + a.top + bottom - reach) / a.stride + 1;
        a.out_width = (a.width + a.left + right - reach) / a.stride + 1;
        a.slope = coin() ? 0.2f : coin() ? 0.0f : 1.0f;
        a.maximum = pick(0, 3) == 0 ? 0.5f : std::numeric_limits<float>::infinity();
        a.skip_size = static_cast<Skip>(run % 3);
        if (a.skip_size == Skip::half && (a.out_height % 2 != 0 || a.out_width % 2 != 0)) {
            a.skip_size = Skip::full;
        }
        a.skip_first = coin();
        a.element_bytes = kernels.element_bytes();

        const int64_t count = a.batch * a.out_height * a.out_width;
        a.x = numbers(a.batch * a.height * a.width * a.inputs);
        weights = floats(a.outputs * a.inputs * a.size * a.size);
        packed = pack_convolution(kernels.elements, weights, a.outputs, a.inputs, a.size);
        a.weights = packed.data();
        a.bias = padded(a.outputs);
        a.noise = coin() ? floats(a.out_height * a.out_width) : nullptr;
        if (a.skip_size != Skip::none) {
            a.skip = numbers((a.skip_size == Skip::full ? count : count / 4) * a.outputs);
        }
        if (pick(0, 2) == 0) {
            a.plane_count = pick(1, 4);
            a.plane_weights = floats(a.plane_count * round_up(a.outputs, 32));
            a.plane_bias = floats(a.plane_count);
            a.planes = floats(count * a.plane_count);
            outputs = count * a.plane_count;
        } else {
            a.output = numbers(count * a.outputs);
            outputs = count * a.outputs;
        }
    }
    std::vector<double> expected() const { return reference(arguments, weights); }
    void run(const Bf16Kernels& kernels, int64_t task, void* scratch) const {
        kernels.convolution(arguments, task, scratch);
    }
    // Where a blurred value was rounded the other way, a sum is off by that.
    double slack() const { return arguments.blur ? 0.02 : 1e-5; }
    bool in_floats() const { return arguments.planes != nullptr; }
    double actual(int64_t i) const { return in_floats() ? arguments.planes[i] : from_bf16(arguments.output[i]); }
    void clear() {
        if (in_floats()) {
            std::fill_n(arguments.planes, outputs, -12345.0f);
        } else {
            std::fill_n(arguments.output, outputs, to_bf16(-12345.0f));
        }
    }
};

// The others' results are bfloat16.
template <class Arguments>
struct NumbersCase : Case {
    using Case::Case;
    Arguments arguments{};
    int64_t outputs = 0;

    bool in_floats() const { return false; }
    double slack() const { return 1e-5; }
    double actual(int64_t i) const { return from_bf16(arguments.output[i]); }
    void clear() { std::fill_n(arguments.output, outputs, to_bf16(-12345.0f)); }
};

struct UpsamplingCase : NumbersCase<Bf16Upsampling> {
    static constexpr const char* name = "upsampling";
    const float* weights;
    PackedWeights packed;

    UpsamplingCase(int run, const Bf16Kernels& kernels) : NumbersCase(run, 2000) {
        Bf16Upsampling& a = arguments;
        a.batch = pick(1, 2);
        const bool wide = run % 4 == 0;
        a.width = wide ? Bf16Upsampling::tile_columns * pick(1, 2) + pick(0, 3) : pick(1, 40);
        a.height = wide ? pick(1, 6) : pick(1, 16);
        a.inputs = pick(1, wide ? 8 : 40);
        a.outputs = wide ? pick(1, 8) : pick(1, 70);
        a.slope = 0.2f;
        a.element_bytes = kernels.element_bytes();
        // Unequal taps in some runs, so that a reversed filter is seen.
        const float taps[2][4] = {{0.25f, 0.75f, 0.75f, 0.25f}, {0.1f, 0.5f, 0.9f, 0.3f}};
        std::copy_n(taps[run % 2], 4, a.taps);
        a.x = numbers(a.batch * a.height * a.width * a.inputs);
        weights = floats(a.inputs * a.outputs * 9);
        packed = pack_upsampling(kernels.elements, weights, a.outputs, a.inputs);
        a.weights = packed.data();
        a.bias = padded(a.outputs);
        a.noise = coin() ? floats(4 * a.height * a.width) : nullptr;
        outputs = a.batch * 4 * a.height * a.width * a.outputs;
        a.output = numbers(outputs);
    }
    std::vector<double> expected() const { return reference(arguments, weights); }
    void run(const Bf16Kernels& kernels, int64_t task, void* scratch) const {
        kernels.upsampling(arguments, task, scratch);
    }
};

struct EntryCase : NumbersCase<Bf16Entry> {
    static constexpr const char* name = "entry";

    EntryCase(int run, const Bf16Kernels&) : NumbersCase(run, 3000) {
        Bf16Entry& a = arguments;
        a.batch = pick(1, 2);
        a.pixels = pick(1, 5000);
        a.inputs = pick(1, 5);
        a.outputs = a.inputs;
        a.slope = coin() ? 0.2f : 1.0f;
        if (coin()) {
            a.outputs = pick(1, 40);
            a.weights = floats(a.inputs * round_up(a.outputs, 32));
            a.bias = padded(a.outputs);
        }
        a.x = floats(a.batch * a.inputs * a.pixels, false);
        outputs = a.batch * a.pixels * a.outputs;
        a.output = numbers(outputs);
    }
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Bf16Kernels& kernels, int64_t task, void*) const { kernels.entry(arguments, task); }
};

struct NormalisationCase : NumbersCase<Bf16Normalisation> {
    static constexpr const char* name = "normalisation";

    NormalisationCase(int run, const Bf16Kernels&) : NumbersCase(run, 4000) {
        Bf16Normalisation& a = arguments;
        denormal = 0;  // the sum of squares has an epsilon of its own
        a.batch = pick(1, 2);
        a.pixels = pick(1, 1200);
        a.channels = pick(1, 20);
        a.label_channels = coin() ? pick(1, 16) : 0;
        a.x = numbers(a.batch * a.pixels * a.channels);
        a.scale = floats(a.channels);
        a.offset = floats(a.channels);
        a.labels = a.label_channels > 0 ? floats(a.batch * a.label_channels * a.pixels) : nullptr;
        outputs = a.batch * a.pixels * (a.channels + a.label_channels);
        a.output = numbers(outputs);
    }
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Bf16Kernels& kernels, int64_t task, void*) const { kernels.normalisation(arguments, task); }
};

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

template <class C>
void compare(const char* name, const Bf16Kernels& kernels, int run, std::vector<double>& expected) {
    C c(run, kernels);
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
    // Rounding is half a unit in the last of 8 binary places; sums in float are off by some of their largest terms' last.
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
    check(planes[pixels * channels + 2 * pixels + 7] == from_bf16(x[(pixels + 7) * channels + 2]), "a pixel is in its plane",
          "exit", "scalar", 0);
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
    check(to_bf16(1 + ulp / 2) == 0x3F80 && to_bf16(1 + 3 * ulp / 2) == 0x3F82, "ties go to even", "rounding", "scalar", 0);
    check(from_bf16(to_bf16(infinity)) == infinity && from_bf16(to_bf16(3.4e38f)) == infinity, "the largest become infinite",
          "rounding", "scalar", 0);
    uint32_t bits = 0x7F800001;  // a signalling NaN whose upper half alone would be infinite
    float nan;
    std::memcpy(&nan, &bits, sizeof(nan));
    check(to_bf16(nan) == 0x7FC0, "a NaN stays one, quiet", "rounding", "scalar", 0);
}

void dispatch() {
    const char* best = edgesim_bf16_level();
    check(std::strcmp(best, "tiles") != 0, "the emulation is never the best", "dispatch", best, 0);
    check(edgesim_set_bf16_level("mmx") == 0 && edgesim_bf16_level() == best, "an unknown level changes nothing", "dispatch",
          best, 0);
    check(edgesim_set_bf16_level("scalar") == 1 && std::strcmp(edgesim_bf16_level(), "scalar") == 0, "a level is chosen",
          "dispatch", best, 0);
    check(edgesim_set_bf16_level(nullptr) == 1 && std::strcmp(edgesim_bf16_level(), best) == 0, "the best level is chosen",
          "dispatch", best, 0);
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
    std::printf(supported(Bf16Level::avx2) ? "avx512, avx512_bf16, amx: emulated\n" : "skipped: the emulation needs avx2\n");
    for (int run = 0; run < 42; run++) {
        compare<ConvolutionCase>(run);
        compare<UpsamplingCase>(run);
        compare<EntryCase>(run);
        compare<NormalisationCase>(run);
    }
    exits();
    rounding();
    dispatch();
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
