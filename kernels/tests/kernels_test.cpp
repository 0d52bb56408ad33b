// Every kernel at every level that this processor has, against the definitions in double, on random shapes.

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

#include "dispatch.h"
#include "guarded_buffer.h"
#include "reference.h"

namespace edgesim::tests {
namespace {

int failures = 0;

void check(bool good, const char* what, const char* level, int64_t height, int64_t width, int run) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s (%s, H %lld, W %lld, run %d)\n", what, level, static_cast<long long>(height),
                    static_cast<long long>(width), run);
    }
}

// One random case: arguments for a kernel and the buffers behind them.
template <class Arguments>
struct Case {
    Arguments arguments;
    std::vector<std::unique_ptr<GuardedBuffer>> buffers;
    GuardedBuffer* output = nullptr;
    std::mt19937 random;
    double special;  // share of values that are infinite or NaN

    Case(unsigned seed, double special_share) : random(seed), special(special_share) {}

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    bool coin() { return pick(0, 1) == 1; }

    const float* fill(int64_t count) {
        buffers.push_back(std::make_unique<GuardedBuffer>(count, coin()));
        GuardedBuffer& buffer = *buffers.back();
        for (int64_t i = 0; i < count; i++) {
            buffer[i] = std::uniform_real_distribution<float>(-1, 1)(random);
            if (std::uniform_real_distribution<double>(0, 1)(random) < special) {
                constexpr float infinity = std::numeric_limits<float>::infinity();
                const float values[] = {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
                buffer[i] = values[pick(0, 2)];
            }
        }
        return buffer.data();
    }

    void sizes(int run) {
        Arguments& a = arguments;
        a.batch = pick(1, 2);
        a.channels = pick(1, 3);
        a.height = pick(1, 40);
        // Every fourth case crosses a tile's edge, some by a single column.
        a.width = run % 4 != 0 ? pick(1, 70) : pick(1, 2) * 512 + pick(0, 20);
        a.slope = coin() ? 0.2f : 0.0f;
    }

    void make_output(int64_t count) {
        buffers.push_back(std::make_unique<GuardedBuffer>(count));
        output = buffers.back().get();
        arguments.output = output->data();
        std::fill_n(arguments.output, count, -12345.0f);
    }
};

struct UpsampleCase : Case<UpsampleTail> {
    UpsampleCase(int run, double special_share) : Case(1000 + run, special_share) {
        sizes(run);
        UpsampleTail& a = arguments;
        const int64_t planes = a.batch * a.channels;
        for (int p = 0; p < 2; p++) {
            for (int q = 0; q < 2; q++) {
                a.phase[p][q] = fill(planes * (a.height + 1 - p) * (a.width + 1 - q));
            }
        }
        a.bias = fill(a.channels);
        a.noise = coin() ? fill(4 * a.height * a.width) : nullptr;
        // Unequal taps in some runs, so that a reversed filter is seen.
        const float taps[2][4] = {{0.25f, 0.75f, 0.75f, 0.25f}, {0.1f, 0.5f, 0.9f, 0.3f}};
        std::copy_n(taps[run % 2], 4, a.taps);
        make_output(planes * 4 * a.height * a.width);
    }
    static constexpr double bound = 1e-6;
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Kernels& kernels, int64_t task) const { kernels.upsample_tail(arguments, task); }
};

struct StyledCase : Case<StyledTail> {
    StyledCase(int run, double special_share) : Case(2000 + run, special_share) {
        sizes(run);
        StyledTail& a = arguments;
        a.skip_size = static_cast<Skip>(run % 3);
        if (a.skip_size == Skip::half) {
            a.height *= 2;
            a.width *= 2;
        }
        const int64_t count = a.batch * a.channels * a.height * a.width;
        a.x = fill(count);
        a.bias = fill(a.channels);
        a.noise = coin() ? fill(a.height * a.width) : nullptr;
        a.skip = a.skip_size == Skip::none ? nullptr : fill(a.skip_size == Skip::full ? count : count / 4);
        make_output(count);
    }
    static constexpr double bound = 1e-6;
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Kernels& kernels, int64_t task) const { kernels.styled_tail(arguments, task); }
};

struct ConvolutionCase : Case<StyledConvolution> {
    // Transforms lose some digits: see Lavin and Gray, section 5.2.
    static constexpr double bound = 1e-5;
    const float* weights;
    std::vector<float> transformed;

    ConvolutionCase(int run, double) : Case(3000 + run, 0) {
        sizes(run);
        StyledConvolution& a = arguments;
        a.inputs = pick(1, 20);
        a.channels = pick(1, 20);
        // Every fourth case crosses the edge of a group of tiles, some by a single column.
        a.width = run % 4 != 0 ? a.width : pick(1, 3) * winograd::group_columns + pick(0, 5);
        a.skip_size = static_cast<Skip>(run % 3);
        if (a.skip_size == Skip::half) {
            a.height += a.height % 2;
            a.width += a.width % 2;
        }
        const int64_t size = a.height * a.width, count = a.batch * a.channels * size;
        a.x = fill(a.batch * a.inputs * size);
        weights = fill(a.channels * a.inputs * 9);
        transformed = winograd_weights(weights, a.channels, a.inputs);
        a.weights = transformed.data();
        a.bias = fill(a.channels);
        a.noise = coin() ? fill(size) : nullptr;
        a.skip = a.skip_size == Skip::none ? nullptr : fill(a.skip_size == Skip::full ? count : count / 4);
        make_output(count);
    }
    std::vector<double> expected() const { return reference(arguments, weights); }
    void run(const Kernels& kernels, int64_t task) const {
        kernels.styled_convolution(arguments, task, thread_scratch(arguments.scratch()));
    }
};

struct MomentsCase {
    static constexpr double bound = 1e-6;
    PlaneMoments arguments{};
    Case<ColourTransform> values;
    std::vector<double> moments;

    // A mean far from 0, so that a difference of large sums would be seen.
    MomentsCase(int run, double special_share) : values(4000 + run, special_share) {
        PlaneMoments& a = arguments;
        a.planes = values.pick(1, 3);
        a.pixels = values.pick(1, 3 * PlaneMoments::pixels_per_task);
        a.x = values.fill(a.planes * a.pixels);
        for (int64_t i = 0; i < a.planes * a.pixels; i++) {
            (*values.buffers.back())[i] += 100;
        }
        moments.resize(static_cast<size_t>(2 * a.tasks()));
        a.moments = moments.data();
    }
};

void compare_moments(Level level, const char* name, int run) {
    MomentsCase c(run, run % 5 == 4 ? 0.001 : 0);
    for (int64_t task = 0; task < c.arguments.tasks(); task++) {
        kernels(level).plane_moments(c.arguments, task);
    }
    const std::vector<double> expected = reference(c.arguments);
    bool near = true;
    for (size_t i = 0; i < expected.size(); i++) {
        const double bound = 1e-5 * std::abs(expected[i]) + (i % 2 == 0 ? 0 : 1e-6);
        near = near && (std::isfinite(expected[i]) ? std::abs(c.moments[i] - expected[i]) <= bound
                                                   : !std::isfinite(c.moments[i]));
    }
    check(near, "moments are those of the definition", name, c.arguments.planes, c.arguments.pixels, run);
    float mean = 0, scale = 0;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < c.arguments.pixels; i++) {
        sum += c.arguments.x[i] / static_cast<double>(c.arguments.pixels);
    }
    for (int64_t i = 0; i < c.arguments.pixels; i++) {
        squares += (c.arguments.x[i] - sum) * (c.arguments.x[i] - sum) / static_cast<double>(c.arguments.pixels);
    }
    join_moments(c.moments.data(), c.arguments.pixels, PlaneMoments::pixels_per_task, 1e-5, mean, scale);
    const double expected_scale = 1 / std::sqrt(squares + 1e-5);
    check(!std::isfinite(sum) || (std::abs(mean - sum) <= 1e-6 * std::abs(sum) &&
                                  std::abs(scale - expected_scale) <= 1e-5 * expected_scale),
          "joined moments are the plane's", name, c.arguments.planes, c.arguments.pixels, run);
}

struct ColourCase : Case<ColourTransform> {
    static constexpr double bound = 1e-6;

    ColourCase(int run, double) : Case(5000 + run, 0) {
        ColourTransform& a = arguments;
        a.batch = pick(1, 2);
        // Factors that vectors are multiples of, that are longer, and others; every fourth case crosses a tile's edge.
        const int64_t factors[] = {1, 2, 3, 4, 5, 8, 16, 32, 64};
        const int64_t across = factors[pick(0, 8)], down = factors[pick(0, 8)];
        a.cell_width = run % 4 != 0 ? pick(1, 9) : 520 / across + pick(1, 9);
        a.cell_height = pick(1, 4);
        a.width = across * a.cell_width;
        a.height = down * a.cell_height;
        a.coefficients = fill(a.batch * 12 * a.cell_height * a.cell_width);
        a.picture = fill(a.batch * 3 * a.height * a.width);
        a.residual = fill(a.batch * 3 * a.height * a.width);
        a.mean = fill(a.batch * 3);
        a.scale = fill(a.batch * 3);
        make_output(a.batch * 3 * a.height * a.width);
    }
    std::vector<double> expected() const { return reference(arguments); }
    void run(const Kernels& kernels, int64_t task) const { kernels.colour_transform(arguments, task); }
};

bool same_kind(double actual, double expected) {
    if (std::isnan(expected)) {
        return std::isnan(actual);
    }
    return std::isinf(expected) ? actual == expected : std::isfinite(actual);
}

template <class C>
void compare(Level level, const char* name, int run, double special_share) {
    C c(run, special_share);
    const Kernels& chosen = kernels(level);
    const std::vector<double> expected = c.expected();
    const int64_t tasks = c.arguments.tasks();
    for (int64_t task = 0; task < tasks; task++) {
        c.run(chosen, task);
    }
    double difference = 0, norm = 0;
    bool kinds = true;
    for (size_t i = 0; i < expected.size(); i++) {
        const double actual = (*c.output)[i];
        kinds = kinds && same_kind(actual, expected[i]);
        if (std::isfinite(expected[i])) {
            difference += (actual - expected[i]) * (actual - expected[i]);
            norm += expected[i] * expected[i];
        }
    }
    check(kinds, "infinities and NaN stay where the definition has them", name, c.arguments.height, c.arguments.width,
          run);
    check(difference <= norm * C::bound * C::bound, "relative L2 to the definition is within the bound", name,
          c.arguments.height, c.arguments.width, run);

    // The same tasks from the last to the first on two threads.
    const std::vector<float> once(c.output->data(), c.output->data() + c.output->size());
    std::fill_n(c.output->data(), c.output->size(), -12345.0f);
    std::atomic<int64_t> next{tasks};
    auto work = [&] {
        for (int64_t task = --next; task >= 0; task = --next) {
            c.run(chosen, task);
        }
    };
    std::thread other(work);
    work();
    other.join();
    check(std::memcmp(once.data(), c.output->data(), once.size() * sizeof(float)) == 0,
          "two threads give the same bits as one", name, c.arguments.height, c.arguments.width, run);
}

void dispatch() {
    const char* best = edgesim_level();
    check(edgesim_set_level("mmx") == 0 && edgesim_level() == best, "an unknown level changes nothing", best, 0, 0, 0);
    check(edgesim_set_level("scalar") == 1 && std::strcmp(edgesim_level(), "scalar") == 0, "a level is chosen",
          "scalar", 0, 0, 0);
    check(edgesim_set_level(nullptr) == 1, "the best level is chosen", best, 0, 0, 0);
}

}  // namespace
}  // namespace edgesim::tests

int main() {
    using namespace edgesim;
    using namespace edgesim::tests;
    const char* names[level_count] = {"scalar", "avx2", "avx512"};
    for (int i = 0; i < level_count; i++) {
        const Level level = static_cast<Level>(i);
        if (!supported(level)) {
            std::printf("skipped: this processor has no %s\n", names[i]);
            continue;
        }
        for (int run = 0; run < 60; run++) {
            const double special_share = run % 5 == 4 ? 0.01 : 0;
            compare<UpsampleCase>(level, names[i], run, special_share);
            compare<StyledCase>(level, names[i], run, special_share);
            compare<ConvolutionCase>(level, names[i], run, 0);
            compare<ColourCase>(level, names[i], run, 0);
            compare_moments(level, names[i], run);
        }
        std::printf("%s: done\n", names[i]);
    }
    dispatch();
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
