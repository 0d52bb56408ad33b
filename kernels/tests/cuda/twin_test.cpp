// The GPU's kernels, compiled for the CPU, against their definitions in double: random filters, sizes and layouts.

#include "twin.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>

#include "../guarded_buffer.h"
#include "cuda/half.h"
#include "definition.h"

namespace edgesim::tests {
namespace {

using cuda::Element;
using cuda::Filter;

int failures = 0;
std::set<int> entries_run;

void check(bool good, const char* what, const std::string& where) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s (%s)\n", what, where.c_str());
    }
}

// A tensor as the kernels want it, between pages that must not be touched.
class Tensor {
  public:
    Tensor(Element element, size_t count, bool front) : element_(element), size_(count) {
        if (element == Element::f32) {
            floats_ = std::make_unique<Guarded<float>>(count, front);
        } else {
            halves_ = std::make_unique<Guarded<uint16_t>>(count, front);
        }
    }

    void* data() { return element_ == Element::f32 ? static_cast<void*>(floats_->data()) : halves_->data(); }
    size_t size() const { return size_; }
    double get(size_t i) const { return element_ == Element::f32 ? (*floats_)[i] : cuda::half_to_float((*halves_)[i]); }
    // Returns what is kept of it.
    double set(size_t i, float value) {
        if (element_ == Element::f32) {
            (*floats_)[i] = value;
        } else {
            (*halves_)[i] = cuda::float_to_half(value);
        }
        return get(i);
    }

  private:
    Element element_;
    size_t size_;
    std::unique_ptr<Guarded<float>> floats_;
    std::unique_ptr<Guarded<uint16_t>> halves_;
};

struct Case {
    Element element;
    bool channels_last;
    std::mt19937 random;
    double special;  // share of values that are infinite or NaN
    Inputs in;
    std::string text;

    Case(int run, const char* kind) : random(run), special(run % 5 == 4 ? 0.01 : 0) {
        element = run % 2 == 0 ? Element::f32 : Element::f16;
        channels_last = run / 2 % 2 == 0;
        in.batch = pick(1, 2);
        // Every other one in whole packs.
        in.channels = run / 4 % 2 == 0 ? 8 * pick(1, 2) : pick(1, 5);
        in.height = pick(1, 24);
        in.width = pick(1, run % 7 == 0 ? 300 : 40);
        text = std::string(kind) + " run " + std::to_string(run);
    }

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    bool coin() { return pick(0, 1) == 1; }

    float value() {
        if (std::uniform_real_distribution<double>(0, 1)(random) < special) {
            constexpr float infinity = std::numeric_limits<float>::infinity();
            const float values[] = {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
            return values[pick(0, 2)];
        }
        return std::uniform_real_distribution<float>(-1, 1)(random);
    }

    // Position in the layout under test of value [n, c, i, j].
    size_t at(int64_t plane, int64_t i, int64_t j, int64_t height, int64_t width) const {
        const int64_t n = plane / in.channels, c = plane % in.channels;
        return channels_last ? ((n * height + i) * width + j) * in.channels + c : (plane * height + i) * width + j;
    }

    Tensor map(std::vector<double>& values, int64_t height, int64_t width) {
        const int64_t planes = in.batch * in.channels;
        Tensor tensor(element, planes * height * width, coin());
        values.resize(tensor.size());
        for (int64_t plane = 0; plane < planes; plane++) {
            for (int64_t i = 0; i < height; i++) {
                for (int64_t j = 0; j < width; j++) {
                    values[(plane * height + i) * width + j] = tensor.set(at(plane, i, j, height, width), value());
                }
            }
        }
        return tensor;
    }

    Tensor vector(std::vector<double>& values, int64_t count) {
        Tensor tensor(element, count, coin());
        for (int64_t i = 0; i < count; i++) {
            values.push_back(tensor.set(i, value()));
        }
        return tensor;
    }

    // Runs the plan and compares; the output is [N, C, height, width] in the layout under test.
    void compare(const std::vector<double>& expected, int64_t height, int64_t width, Tensor& output,
                 const cuda::Plan& plan) {
        entries_run.insert(plan.entry);
        text += std::string(" ") + cuda::entry_names[plan.entry] + " " + std::to_string(in.height) + "x" +
                std::to_string(in.width);
        for (size_t i = 0; i < output.size(); i++) {
            output.set(i, -12345);
        }
        run_on_cpu(plan);
        // What rounding the result to a half may cost, at most; float sums are far more exact.
        const double rounding = element == Element::f32 ? 0 : 0x1p-11;
        double difference = 0, norm = 0;
        bool kinds = true, exact = true;
        check(expected.size() == output.size(), "the size is the definition's", text);
        for (int64_t plane = 0; plane < in.batch * in.channels; plane++) {
            for (int64_t i = 0; i < height; i++) {
                for (int64_t j = 0; j < width; j++) {
                    const double wanted = expected[(plane * height + i) * width + j],
                                 got = output.get(at(plane, i, j, height, width));
                    if (!std::isfinite(wanted)) {
                        kinds = kinds && (std::isnan(wanted) ? std::isnan(got) : got == wanted);
                        continue;
                    }
                    difference += (got - wanted) * (got - wanted);
                    norm += wanted * wanted;
                    exact = exact && std::fabs(got - wanted) <= rounding * std::fabs(wanted) + 2e-6;
                }
            }
        }
        check(kinds, "infinities and NaN stay where the definition has them", text);
        check(exact, "every value is the definition's, rounded once", text);
        check(element == Element::f16 || difference <= norm * 1e-12, "relative L2 to the definition is at most 1e-6",
              text);

        // In any order, on several threads: the same bits.
        std::vector<double> once(output.size());
        for (size_t i = 0; i < output.size(); i++) {
            once[i] = output.get(i);
            output.set(i, -12345);
        }
        run_on_cpu(plan, 3);
        bool same = true;
        for (size_t i = 0; i < output.size(); i++) {
            const double again = output.get(i);
            same = same && std::memcmp(&again, &once[i], sizeof(again)) == 0;
        }
        check(same, "three threads give the same bits as one", text);
    }
};

void fir_case(int run) {
    Case c(run, "fir");
    Filter f;
    // The generator's filter, the encoder's two, and any other; unequal taps show a filter that is reversed.
    const int kind = run / 8 % 4;
    if (kind == 0) {
        f.taps = {0.1f, 0.5f, 0.9f, 0.3f};
    } else if (kind <= 2) {
        f.taps = {0.2f, 0.5f, 0.4f};
        f.down = kind;
    } else {
        for (int64_t i = c.pick(1, cuda::max_taps); i > 0; i--) {
            f.taps.push_back(static_cast<float>(c.pick(1, 9)) / 10);
        }
        f.up = c.pick(1, 3);
        f.down = c.pick(1, 3);
    }
    Inputs& in = c.in;
    f.reflect = f.up == 1 && c.coin();
    const int64_t longest = f.reflect ? std::min<int64_t>(3, std::min(in.height, in.width) - 1) : 3;
    f.top = c.pick(0, longest);
    f.left = c.pick(0, longest);
    f.bottom = c.pick(0, longest);
    f.right = c.pick(0, longest);
    const int64_t count = static_cast<int64_t>(f.taps.size());
    if (in.height * f.up + f.top + f.bottom < count || in.width * f.up + f.left + f.right < count) {
        return;
    }
    const int64_t height = f.output(in.height, f.top, f.bottom), width = f.output(in.width, f.left, f.right);
    Tensor x = c.map(in.x, in.height, in.width);
    const bool biased = c.coin(), noisy = c.coin();
    Tensor bias = c.vector(in.bias, biased ? in.channels : 0), noise = c.vector(in.noise, noisy ? height * width : 0);
    Tensor output(c.element, in.batch * in.channels * height * width, c.coin());
    cuda::Tensors tensors;
    tensors.input = x.data();
    tensors.bias = biased ? bias.data() : nullptr;
    tensors.noise = noisy ? noise.data() : nullptr;
    tensors.output = output.data();
    const float slope = c.coin() ? 0.2f : 1.0f;
    cuda::Plan plan =
        plan_fir(c.element, {in.batch, in.channels, in.height, in.width, c.channels_last}, f, slope, tensors);
    check(plan.fir.rows == 1, "threads of a small picture do one row each", c.text);
    if (std::strstr(cuda::entry_names[plan.entry], "_any_") == nullptr) {
        // As threads of a large picture go down several rows.
        plan.fir.rows = static_cast<int>(c.pick(1, 8));
        const int64_t threads = (height + plan.fir.rows - 1) / plan.fir.rows;
        plan.grid.y = static_cast<unsigned>((threads + plan.block.y - 1) / plan.block.y);
    }
    c.compare(define_fir(in, f, slope), height, width, output, plan);
}

void tail_case(int run) {
    Case c(10000 + run, "tail");
    Inputs& in = c.in;
    const int skip_size = run / 8 % 3;  // none, full, half
    if (skip_size == 2) {
        in.height *= 2;
        in.width *= 2;
    }
    Tensor x = c.map(in.x, in.height, in.width);
    const bool noisy = c.coin();
    Tensor bias = c.vector(in.bias, in.channels), noise = c.vector(in.noise, noisy ? in.height * in.width : 0);
    std::vector<double> none;
    Tensor skip =
        skip_size == 0 ? Tensor(c.element, 0, false) : c.map(in.skip, in.height / skip_size, in.width / skip_size);
    Tensor output(c.element, x.size(), c.coin());
    cuda::Tensors tensors;
    tensors.input = x.data();
    tensors.bias = bias.data();
    tensors.noise = noisy ? noise.data() : nullptr;
    tensors.skip = skip_size == 0 ? nullptr : skip.data();
    tensors.output = output.data();
    c.compare(define_tail(in, 0.2f), in.height, in.width, output,
              plan_tail(c.element, {in.batch, in.channels, in.height, in.width, c.channels_last}, skip_size == 2, 0.2f,
                        tensors));
}

void colour_case(int run) {
    Case c(20000 + 4 * run + 2, "colours");
    c.element = Element::f32;
    c.special = 0;  // a neighbour without a share has a say in the kernel
    c.channels_last = false;
    Inputs& in = c.in;
    const int64_t cell_height = c.pick(1, 5), cell_width = c.pick(1, 7);
    in.height = cell_height * c.pick(1, 9);
    in.width = cell_width * c.pick(1, 9);
    std::vector<double> coefficients;
    in.channels = 12;
    Tensor cells = c.map(coefficients, cell_height, cell_width);
    in.channels = 3;
    Tensor picture = c.map(in.x, in.height, in.width), residual = c.map(in.skip, in.height, in.width);
    Tensor output(c.element, picture.size(), c.coin());
    c.compare(define_colours(in, coefficients, cell_height, cell_width), in.height, in.width, output,
              cuda::plan_colours(in.batch, in.height, in.width, cell_height, cell_width,
                                 static_cast<float*>(cells.data()), static_cast<float*>(picture.data()),
                                 static_cast<float*>(residual.data()), static_cast<float*>(output.data())));
}

// A large picture gives threads several rows and more planes than a grid has.
void plans() {
    float memory[4] = {};
    cuda::Tensors tensors;
    tensors.input = tensors.output = memory;
    Filter f;
    f.taps = {0.25f, 0.5f, 0.25f};
    const cuda::Plan large = plan_fir(Element::f32, {1, 128, 256, 512, true}, f, 1, tensors);
    check(large.fir.rows == 8 && large.grid.y == (254 + 7) / 8, "threads of a large picture go down eight rows",
          "plan");
    const cuda::Plan small = plan_fir(Element::f32, {1, 128, 8, 16, true}, f, 1, tensors);
    check(small.fir.rows == 1, "threads of a small picture do one row each", "plan");
    const cuda::Plan many = plan_tail(Element::f32, {70000, 1, 1, 1, true}, false, 0.2f, tensors);
    check(many.grid.z == 65535, "a grid has no more planes than the driver takes", "plan");
    auto refused = [](const std::function<void()>& body) {
        try {
            body();
        } catch (const std::invalid_argument&) {
            return true;
        }
        return false;
    };
    check(refused([&] {
              plan_fir(Element::f32, {1, 4096, 1024, 1024, true}, f, 1, tensors);
          }),
          "a picture beyond the kernels' indices is refused", "plan");
    check(refused([&] { cuda::plan_colours(1, 9, 8, 2, 4, nullptr, nullptr, nullptr, nullptr); }),
          "cells that don't divide a picture are refused", "plan");
    f.reflect = true;
    check(refused([&] { f.output(2, 2, 0); }), "an axis too short to be mirrored is refused", "plan");
    check(refused([&] { f.output(1, 0, 0); }), "an axis shorter than the filter is refused", "plan");
    f.up = 2;
    check(refused([&] { f.check(); }), "mirroring between zeros is refused", "plan");
}

// Many planes: a grid that is cut off goes on by itself.
void more_planes_than_a_grid() {
    Inputs in{70000, 1, 1, 2, {}, {0.5}, {}, {}};
    std::vector<float> x(140000), output(140000), bias = {0.5f};
    for (size_t i = 0; i < x.size(); i++) {
        x[i] = static_cast<float>(i % 1000);
    }
    cuda::Tensors tensors;
    tensors.input = x.data();
    tensors.bias = bias.data();
    tensors.output = output.data();
    run_on_cpu(plan_tail(Element::f32, {70000, 1, 1, 2, false}, false, 0.2f, tensors));
    bool good = true;
    for (size_t i = 0; i < x.size(); i++) {
        good = good && output[i] == x[i] + 0.5f;
    }
    check(good, "planes beyond the grid are computed", "70000 planes");
}

void halves() {
    for (uint32_t bits = 0; bits < 65536; bits++) {
        const float value = cuda::half_to_float(static_cast<uint16_t>(bits));
        check(std::isnan(value) || cuda::float_to_half(value) == bits, "a half survives the way to float and back",
              std::to_string(bits));
    }
    // Between neighbours the nearer wins, in the middle the even one.
    for (uint32_t bits = 0; bits < 0x7BFF; bits++) {
        const float low = cuda::half_to_float(static_cast<uint16_t>(bits)),
                    high = cuda::half_to_float(static_cast<uint16_t>(bits + 1));
        const float middle = low + (high - low) / 2;
        check(cuda::float_to_half(middle) == (bits % 2 == 0 ? bits : bits + 1), "ties go to the even half",
              std::to_string(bits));
        check(cuda::float_to_half(std::nextafter(middle, 0.0f)) == bits &&
                  cuda::float_to_half(std::nextafter(middle, 1e9f)) == bits + 1,
              "other values go to the nearest half", std::to_string(bits));
    }
    check(cuda::float_to_half(65519.99f) == 0x7BFF && cuda::float_to_half(65520) == 0x7C00 &&
              cuda::float_to_half(-1e9f) == 0xFC00,
          "what is too large becomes infinite", "halves");
    check(std::isnan(cuda::half_to_float(cuda::float_to_half(std::numeric_limits<float>::quiet_NaN()))),
          "NaN stays NaN", "halves");
}

}  // namespace
}  // namespace edgesim::tests

int main() {
    using namespace edgesim;
    using namespace edgesim::tests;
    halves();
    plans();
    more_planes_than_a_grid();
    for (int run = 0; run < 192; run++) {
        fir_case(run);
        tail_case(run);
        colour_case(run);
    }
    for (int i = 0; i < cuda::entry_count; i++) {
        check(entries_run.count(i) == 1, "every kernel has run", cuda::entry_names[i]);
    }
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
