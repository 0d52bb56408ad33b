#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "bf16/dispatch.h"
#include "bf16_reference.h"
#include "guarded_buffer.h"

namespace edgesim::tests {

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
    std::unique_ptr<Bands> bands;
    int64_t outputs;

    ConvolutionCase(int run, const Bf16Kernels& kernels, const ConvolutionLibrary* library = nullptr)
        : Case(run, 1000) {
        Bf16Convolution& a = arguments;
        a.batch = pick(1, 2);
        // Every fourth case crosses the edge of a task, some by a single column.
        const bool wide = run % 4 == 0;
        a.width = wide ? 256 * pick(1, 2) + pick(0, 5) : pick(3, 60);
        a.height = wide ? pick(3, 5) : pick(3, 16);
        a.inputs = pick(1, wide ? 10 : 40);
        a.outputs = wide ? pick(1, 10) : pick(1, 70);
        if (library != nullptr) {
            a.outputs = pair_channels * pick(1, 3);
        }
        a.size = 2 * pick(0, 2) + 1;
        a.stride = pick(1, 2);
        // Half a unit of channels, and whole ones that are read where they lie, as generators and encoders have them.
        const bool plain = run % 6 == 1;
        if (run % 6 == 5) {
            a.inputs = 16;
        } else if (plain) {
            a.inputs = 32 * pick(1, 2);
            a.width = 16 * pick(1, 5);
            a.size = a.stride = 1;
        }
        a.dilation = a.size == 3 && coin() ? pick(1, 3) : 1;
        a.skip_size = static_cast<Skip>(run % 3);
        if (a.skip_size == Skip::half) {
            a.stride = 1;
        }
        a.blur = coin() && a.dilation == 1 && a.skip_size != Skip::half;
        a.reflect = coin();
        a.blur = a.blur && !plain;
        const int64_t most = plain ? 0 : std::min<int64_t>(2, std::min(a.width, a.height) - 1),
                      reach = a.reach() + (a.blur ? 2 : 0);
        a.top = pick(0, most);
        a.left = pick(0, most);
        const int64_t bottom = pick(0, most), right = pick(0, most);
        // Big enough for the kernel.
        a.height = std::max(a.height, reach - a.top - bottom);
        a.width = std::max(a.width, reach - a.left - right);
        if (a.skip_size == Skip::half) {
            // The skip connection is half as high and wide.
            a.height += (a.height + a.top + bottom - reach + 1) % 2;
            a.width += (a.width + a.left + right - reach + 1) % 2;
        }
        a.out_height = (a.height + a.top + bottom - reach) / a.stride + 1;
        a.out_width = (a.width + a.left + right - reach) / a.stride + 1;
        a.slope = coin() ? 0.2f : coin() ? 0.0f : 1.0f;
        a.maximum = pick(0, 3) == 0 ? 0.5f : std::numeric_limits<float>::infinity();
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
        if (library != nullptr) {
            // The weights rounded, as the definition has them; bfloat16 of itself, floats by us.
            float* rounded = floats(a.outputs * a.inputs * a.size * a.size);
            for (int64_t i = 0; i < a.outputs * a.inputs * a.size * a.size; i++) {
                rounded[i] = from_bf16(to_bf16(weights[i]));
            }
            bands = std::make_unique<Bands>(*library, a, rounded);
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

// Channels that divide a vector's lanes, that they divide, and others; blocks that are full and not.
struct StandardisationCase : NumbersCase<Bf16Standardisation> {
    static constexpr const char* name = "standardisation";

    StandardisationCase(int run, const Bf16Kernels&) : NumbersCase(run, 5000) {
        Bf16Standardisation& a = arguments;
        a.batch = pick(1, 2);
        a.pixels = pick(1, 5000);
        a.channels = run % 3 == 0 ? int64_t{1} << pick(0, 5) : pick(1, 40);
        a.x = numbers(a.batch * a.pixels * a.channels);
        a.mean = floats(a.batch * a.channels);
        a.scale = floats(a.batch * a.channels);
        outputs = a.batch * a.pixels * a.channels;
        a.output = numbers(outputs);
    }
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Bf16Kernels& kernels, int64_t task, void* scratch) const {
        kernels.standardisation(arguments, task, scratch);
    }
};

struct MomentsCase : StandardisationCase {
    static constexpr const char* name = "moments";
    std::vector<double> moments;

    MomentsCase(int run, const Bf16Kernels& kernels) : StandardisationCase(run, kernels) {
        const Bf16Standardisation& a = arguments;
        moments.resize(static_cast<size_t>(2 * a.batch * a.channels * a.blocks()));
        arguments.moments = moments.data();
    }
    std::vector<double> expected() const { return reference_moments(arguments); }
    void run(const Bf16Kernels& kernels, int64_t task, void* scratch) const {
        kernels.moments(arguments, task, scratch);
    }
    bool in_floats() const { return true; }
    double actual(int64_t i) const { return moments[static_cast<size_t>(i)]; }
    void clear() { std::fill(moments.begin(), moments.end(), -12345.0); }
};

}  // namespace edgesim::tests
