#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>

#include "cuda/cuda_backend.h"
#include "cuda/half.h"
#include "definition.h"
#include "fake_ort.h"
#include "mock_driver.h"
#include "twin.h"

namespace edgesim::tests {

constexpr int out_of_memory = 2, launch_failed = 719, unsupported_ptx = 222;

inline int failures = 0;

inline void check(bool good, const std::string& what) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s\n", what.c_str());
    }
}

inline void check_contains(const std::string& text, const std::string& part) {
    check(text.find(part) != std::string::npos, "the error \"" + text + "\" says \"" + part + "\"");
}

// What the driver's launch is turned into: the plan as it can be read back from the kernel's name, shape and
// parameters.
inline void run_twin(const char* name, const unsigned* grid, const unsigned* block, unsigned, void** parameters) {
    cuda::Plan plan;
    while (std::strcmp(cuda::entry_names[plan.entry], name) != 0) {
        plan.entry++;
    }
    plan.grid = {grid[0], grid[1], grid[2]};
    plan.block = {block[0], block[1], block[2]};
    if (std::strstr(name, "_colours") != nullptr) {
        std::memcpy(&plan.colour, parameters[0], sizeof(plan.colour));
    } else if (std::strstr(name, "_fir_") != nullptr) {
        std::memcpy(&plan.fir, parameters[0], sizeof(plan.fir));
    } else {
        std::memcpy(&plan.tail, parameters[0], sizeof(plan.tail));
    }
    run_on_cpu(plan);
}

// A process that has a GPU: the primary context is current, a stream is there.
class Machine {
  public:
    explicit Machine(const MockDriver& mock, int capability = 80) : mock_(mock) {
        mock.reset(1, capability, 0);
        mock.init(0);
        mock.on_launch(run_twin);
        mock.retain(&context, 0);
        mock.set_current(context);
        mock.stream_create(&stream, 1, 0);
        mock.stream_create(&other_stream, 1, 0);
        idle_ = mock.live();
    }
    // Everything that the operators made must be gone, and no rule broken.
    ~Machine() {
        for (auto& tensor : tensors_) {
            mock_.free(tensor);
        }
        check(mock_.live() == idle_, "nothing leaks");
        mock_.stream_destroy(stream);
        mock_.stream_destroy(other_stream);
        mock_.release(0);
        check(mock_.live() == 0, "the context is let go");
        const char* violation = mock_.violation();
        check(violation == nullptr,
              std::string("no rule of the driver is broken: ") + (violation == nullptr ? "" : violation));
    }

    OrtValue upload(const std::vector<int64_t>& shape, const std::vector<double>& values, bool half) {
        OrtValue value{shape, allocate(values.size() * (half ? 2 : 4))};
        for (size_t i = 0; i < values.size(); i++) {
            const float number = static_cast<float>(values[i]);
            if (half) {
                static_cast<uint16_t*>(value.data)[i] = cuda::float_to_half(number);
            } else {
                static_cast<float*>(value.data)[i] = number;
            }
        }
        return value;
    }

    void* allocate(size_t bytes) {
        uint64_t address = 0;
        // A lost device has none.
        if (mock_.allocate(&address, bytes) == 0) {
            tensors_.push_back(address);
        }
        return reinterpret_cast<void*>(address);
    }

    void *context = nullptr, *stream = nullptr, *other_stream = nullptr;

  private:
    const MockDriver& mock_;
    int idle_;
    std::vector<uint64_t> tensors_;
};

// One node: an operator with attributes and inputs.
struct Node {
    const OrtCustomOp* op;
    OrtKernelInfo info;
    OrtKernelContext context;
    void* kernel = nullptr;

    std::string create() { return text_of(op->CreateKernelV2(op, &fake_ort(), &info, &kernel)); }
    std::string compute() { return text_of(op->KernelComputeV2(kernel, &context)); }
    void destroy() {
        if (kernel != nullptr) {
            op->KernelDestroy(kernel);
            kernel = nullptr;
        }
    }
    ~Node() { destroy(); }
};

class Operators {
  public:
    Operators() : domain_("edgesim") { cuda::add_operators(domain_, cuda::cuda_backend()); }

    const OrtCustomOp* find(const std::string& name, bool half) const {
        for (const OrtCustomOp* op : static_cast<OrtCustomOpDomain*>(domain_)->ops) {
            if (name == op->GetName(op) && (op->GetInputType(op, 0) == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16) == half) {
                check(std::strcmp(op->GetExecutionProviderType(op), "CUDAExecutionProvider") == 0,
                      "the operator is CUDA's");
                return op;
            }
        }
        check(false, "there is an operator " + name);
        std::exit(1);
    }

  private:
    Ort::CustomOpDomain domain_;
};

inline std::vector<double> values(size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<double> result(count);
    for (double& value : result) {
        // Exact as a half, too.
        value = cuda::half_to_float(cuda::float_to_half(std::uniform_real_distribution<float>(-1, 1)(random)));
    }
    return result;
}

// [N, C, H, W] as the layout under test has it.
inline std::vector<double> laid_out(const std::vector<double>& map, int64_t channels, int64_t pixels, bool last) {
    std::vector<double> result(map.size());
    for (size_t i = 0; i < map.size(); i++) {
        const int64_t n = i / pixels / channels, c = i / pixels % channels, p = i % pixels;
        result[last ? (n * pixels + p) * channels + c : i] = map[i];
    }
    return result;
}

inline std::vector<int64_t> shape(int64_t n, int64_t c, int64_t h, int64_t w, bool last) {
    return last ? std::vector<int64_t>{n, h, w, c} : std::vector<int64_t>{n, c, h, w};
}

enum class Kind { up_fir_down, fir_tail, styled_tail, colour_transform };

// A node of an operator, ready to run, and what its result is by definition (in the layout under test).
inline std::unique_ptr<Node> make_node(const Operators& operators, Machine& machine, Kind kind, bool half, bool last,
                                       std::vector<double>& expected) {
    const char* names[] = {"UpFirDown", "FirTail", "StyledTail", "ColourTransform"};
    auto node = std::make_unique<Node>();
    node->op = operators.find(names[static_cast<int>(kind)], half);
    node->context.stream = machine.stream;
    node->context.allocate = [&machine, half](const std::vector<int64_t>& s) {
        return machine.allocate(s[0] * s[1] * s[2] * s[3] * (half ? 2 : 4));
    };
    OrtKernelInfo& info = node->info;
    if (kind == Kind::colour_transform) {
        // In one layout and type.
        const Inputs picture{2, 3, 8, 12, values(2 * 3 * 8 * 12, 1), {}, {}, values(2 * 3 * 8 * 12, 2)};
        const std::vector<double> coefficients = values(2 * 12 * 2 * 3, 3);
        info.integers["standardised"] = 1;
        node->context.inputs.push_back(machine.upload({2, 12, 2, 3}, coefficients, half));
        node->context.inputs.push_back(machine.upload({2, 3, 8, 12}, picture.x, half));
        node->context.inputs.push_back(machine.upload({2, 3, 8, 12}, picture.skip, half));
        expected = define_colours(picture, coefficients, 2, 3);
        return node;
    }
    info.integers["channels_last"] = last;
    Inputs in{2, 8, 9, 11, values(2 * 8 * 9 * 11, 1), values(8, 2), {}, {}};
    int64_t height = 9, width = 11;
    const auto& add = [&](const std::vector<int64_t>& s, const std::vector<double>& v) {
        node->context.inputs.push_back(machine.upload(s, v, half));
    };
    if (kind == Kind::styled_tail) {
        in.height = height = 10;
        in.width = width = 12;
        in.x = values(2 * 8 * 10 * 12, 1);
        in.noise = values(10 * 12, 3);
        in.skip = values(2 * 8 * 5 * 6, 4);
        info.floats["slope"] = 0.25f;
        expected = define_tail(in, 0.25);
    } else {
        cuda::Filter filter;
        filter.top = 1;
        filter.left = 2;
        filter.bottom = 0;
        filter.right = 3;
        info.integer_lists["pads"] = {1, 2, 0, 3};
        if (kind == Kind::fir_tail) {
            // Gains as nodes give them: the two-dimensional filter has the sum 4.
            filter.taps = {0.25f, 0.75f, 0.5f, 0.5f};
            info.float_lists["taps"] = {1, 3, 2, 2};
            info.floats["sum"] = 4;
        } else {
            filter.taps = {0.25f, 0.5f, 0.25f};
            filter.down = 2;
            filter.reflect = true;
            info.float_lists["taps"] = {1, 2, 1};
            info.integers["down"] = 2;
            info.integers["reflect"] = 1;
        }
        height = filter.output(in.height, filter.top, filter.bottom);
        width = filter.output(in.width, filter.left, filter.right);
        if (kind == Kind::fir_tail) {
            in.noise = values(height * width, 3);
        } else {
            in.bias.clear();
        }
        expected = define_fir(in, filter, kind == Kind::fir_tail ? 0.2f : 1.0f);
    }
    add(shape(2, 8, in.height, in.width, last), laid_out(in.x, 8, in.height * in.width, last));
    if (kind != Kind::up_fir_down) {
        add({8}, in.bias);
        add({1, 1, height, width}, in.noise);
    }
    if (kind == Kind::styled_tail) {
        add(shape(2, 8, 5, 6, last), laid_out(in.skip, 8, 30, last));
    }
    expected = laid_out(expected, 8, height * width, last);
    return node;
}

inline double distance(const OrtValue& output, const std::vector<double>& expected, bool half) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < expected.size(); i++) {
        const double value =
            half ? cuda::half_to_float(static_cast<uint16_t*>(output.data)[i]) : static_cast<float*>(output.data)[i];
        difference += (value - expected[i]) * (value - expected[i]);
        norm += expected[i] * expected[i];
    }
    return std::sqrt(difference / norm);
}

}  // namespace edgesim::tests
