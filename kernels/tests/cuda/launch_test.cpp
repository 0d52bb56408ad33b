// The operators as ONNX Runtime calls them, down to the driver's calls: on a fake ONNX Runtime and a fake driver, whose
// kernels are the twin's. Usage: launch_test MOCK_DRIVER

#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "../mock_cuda/ptx_signature.h"
#include "cuda/cuda_backend.h"
#include "cuda/driver.h"
#include "cuda/half.h"
#include "cuda/module.h"
#include "definition.h"
#include "fake_ort.h"
#include "mock_driver.h"
#include "twin.h"

namespace edgesim::tests {
namespace {

constexpr int out_of_memory = 2, launch_failed = 719;

int failures = 0;

void check(bool good, const std::string& what) {
    if (!good) {
        failures++;
        std::printf("FAILED: %s\n", what.c_str());
    }
}

void check_contains(const std::string& text, const std::string& part) {
    check(text.find(part) != std::string::npos, "the error \"" + text + "\" says \"" + part + "\"");
}

// What the driver's launch is turned into: the plan as it can be read back from the kernel's name, shape and
// parameters.
void run_twin(const char* name, const unsigned* grid, const unsigned* block, unsigned, void** parameters) {
    cuda::Plan plan;
    while (std::strcmp(cuda::entry_names[plan.entry], name) != 0) {
        plan.entry++;
    }
    plan.grid = {grid[0], grid[1], grid[2]};
    plan.block = {block[0], block[1], block[2]};
    if (std::strstr(name, "_fir_") != nullptr) {
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
        mock.stream_create(&stream, 1);
        mock.stream_create(&other_stream, 1);
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

std::vector<double> values(size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<double> result(count);
    for (double& value : result) {
        // Exact as a half, too.
        value = cuda::half_to_float(cuda::float_to_half(std::uniform_real_distribution<float>(-1, 1)(random)));
    }
    return result;
}

// [N, C, H, W] as the layout under test has it.
std::vector<double> laid_out(const std::vector<double>& map, int64_t channels, int64_t pixels, bool last) {
    std::vector<double> result(map.size());
    for (size_t i = 0; i < map.size(); i++) {
        const int64_t n = i / pixels / channels, c = i / pixels % channels, p = i % pixels;
        result[last ? (n * pixels + p) * channels + c : i] = map[i];
    }
    return result;
}

std::vector<int64_t> shape(int64_t n, int64_t c, int64_t h, int64_t w, bool last) {
    return last ? std::vector<int64_t>{n, h, w, c} : std::vector<int64_t>{n, c, h, w};
}

enum class Kind { up_fir_down, fir_tail, styled_tail };

// A node of an operator, ready to run, and what its result is by definition (in the layout under test).
std::unique_ptr<Node> make_node(const Operators& operators, Machine& machine, Kind kind, bool half, bool last,
                                std::vector<double>& expected) {
    const char* names[] = {"UpFirDown", "FirTail", "StyledTail"};
    auto node = std::make_unique<Node>();
    node->op = operators.find(names[static_cast<int>(kind)], half);
    node->context.stream = machine.stream;
    node->context.allocate = [&machine, half](const std::vector<int64_t>& s) {
        return machine.allocate(s[0] * s[1] * s[2] * s[3] * (half ? 2 : 4));
    };
    OrtKernelInfo& info = node->info;
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

double distance(const OrtValue& output, const std::vector<double>& expected, bool half) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < expected.size(); i++) {
        const double value =
            half ? cuda::half_to_float(static_cast<uint16_t*>(output.data)[i]) : static_cast<float*>(output.data)[i];
        difference += (value - expected[i]) * (value - expected[i]);
        norm += expected[i] * expected[i];
    }
    return std::sqrt(difference / norm);
}

// Every operator, type and layout: the right numbers, in ONNX Runtime's stream and no sooner.
void results(const Operators& operators, const MockDriver& mock) {
    for (Kind kind : {Kind::up_fir_down, Kind::fir_tail, Kind::styled_tail}) {
        for (bool half : {false, true}) {
            for (bool last : {false, true}) {
                Machine machine(mock, half ? 75 : 90);
                std::vector<double> expected;
                auto node = make_node(operators, machine, kind, half, last, expected);
                check(node->create().empty() && node->compute().empty(), "the operator runs");
                int64_t count = 1;
                for (int64_t size : node->context.output.shape) {
                    count *= size;
                }
                check(count == static_cast<int64_t>(expected.size()), "the output has the definition's size");
                mock.stream_synchronize(machine.other_stream);
                check(distance(node->context.output, expected, half) > 0.5, "nothing runs in another stream");
                mock.stream_synchronize(machine.stream);
                check(distance(node->context.output, expected, half) < (half ? 1e-3 : 1e-6),
                      std::string("the result is the definition's: ") + node->op->GetName(node->op) +
                          (half ? " f16" : " f32") + (last ? " channels last" : ""));
                check(mock.calls("cuLaunchKernel") == 1, "one launch a node");
                node->destroy();
            }
        }
    }
}

// One module serves a context's operators and lives as long as the last of them; the context outlives it.
void lifetimes(const Operators& operators, const MockDriver& mock) {
    Machine machine(mock);
    std::vector<double> expected;
    auto first = make_node(operators, machine, Kind::fir_tail, false, true, expected);
    auto second = make_node(operators, machine, Kind::styled_tail, true, true, expected);
    check(first->create().empty() && second->create().empty(), "two operators are made");
    check(mock.calls("cuModuleLoadDataEx") == 1, "they share a module");
    check(mock.calls("cuLaunchKernel") == 0 && first->compute().empty(), "the first one runs");
    check(mock.calls("cuModuleLoadDataEx") == 1, "nothing is loaded when it runs: it may be recorded");
    first->destroy();
    check(mock.calls("cuModuleUnload") == 0 && second->compute().empty(), "the second one runs without the first");
    mock.stream_synchronize(machine.stream);
    // Let go on a thread that never saw the context.
    std::thread([&] { second->destroy(); }).join();
    check(mock.calls("cuModuleUnload") == 1, "the module goes with the last one");
    check(second->create().empty() && mock.calls("cuModuleLoadDataEx") == 2, "and is loaded again for the next");
    second->destroy();
}

// Made before there is a context: loaded by whichever of several threads runs first.
void threads(const Operators& operators, const MockDriver& mock) {
    Machine machine(mock);
    std::vector<double> expected;
    auto node = make_node(operators, machine, Kind::styled_tail, false, false, expected);
    // The machine's allocator needs its context.
    void* prepared = machine.allocate(expected.size() * 4);
    node->context.allocate = [prepared](const std::vector<int64_t>&) { return prepared; };
    std::string created = "?", computed;
    std::thread([&] {
        created = node->create();
        computed = node->compute();
    }).join();
    check(created.empty() && mock.calls("cuModuleLoadDataEx") == 0, "no context, no module yet");
    check_contains(computed, "on a thread without a CUDA context");
    std::vector<OrtKernelContext> contexts(4, node->context);
    for (OrtKernelContext& context : contexts) {
        void* memory = machine.allocate(expected.size() * 4);
        context.allocate = [memory](const std::vector<int64_t>&) { return memory; };
    }
    std::vector<std::thread> runners;
    std::vector<std::string> errors(4, "?");
    for (int i = 0; i < 4; i++) {
        runners.emplace_back([&, i] {
            mock.set_current(machine.context);
            errors[i] = text_of(node->op->KernelComputeV2(node->kernel, &contexts[i]));
        });
    }
    for (std::thread& runner : runners) {
        runner.join();
    }
    mock.stream_synchronize(machine.stream);
    for (int i = 0; i < 4; i++) {
        check(errors[i].empty() && distance(contexts[i].output, expected, false) < 1e-6,
              "each of several threads gets its result");
    }
    check(mock.calls("cuModuleLoadDataEx") == 1, "one of several threads has loaded the module");
    char elsewhere;
    mock.set_current(&elsewhere);
    check_contains(node->compute(), "another CUDA context");
    mock.set_current(machine.context);
    node->destroy();
}

void errors(const Operators& operators, const MockDriver& mock) {
    // Whatever the driver refuses while an operator is made is its error, and nothing of it stays.
    for (const char* function : {"cuCtxGetCurrent", "cuCtxGetDevice", "cuDevicePrimaryCtxRetain",
                                 "cuDeviceGetAttribute", "cuModuleLoadDataEx", "cuModuleGetFunction"}) {
        Machine machine(mock);
        std::vector<double> expected;
        auto node = make_node(operators, machine, Kind::fir_tail, false, true, expected);
        mock.fail(function, 0, out_of_memory);
        const std::string error = node->create();
        check_contains(error, "The native operators can't ");
        check_contains(error, "CUDA_ERROR_OUT_OF_MEMORY (out of memory)");
        check(node->kernel == nullptr, "no operator is made where the driver fails");
        check(node->create().empty() && node->compute().empty(),
              std::string("another try works after a failing ") + function);
        mock.stream_synchronize(machine.stream);
        check(distance(node->context.output, expected, false) < 1e-6, "and gives the right numbers");
        node->destroy();
    }
    {
        Machine machine(mock);
        std::vector<double> expected;
        auto node = make_node(operators, machine, Kind::styled_tail, false, true, expected);
        check(node->create().empty(), "the operator is made");
        mock.fail("cuLaunchKernel", 0, out_of_memory);
        check_contains(node->compute(), "can't launch edgesim_tail_f32_v4: CUDA_ERROR_OUT_OF_MEMORY (out of memory).");
        check(node->compute().empty(), "the next launch works");
        mock.stream_synchronize(machine.stream);
        // The device is lost: every call says so, and what is let go then is let go.
        mock.fail("cuLaunchKernel", 0, launch_failed);
        check_contains(node->compute(), "CUDA_ERROR_LAUNCH_FAILED");
        check_contains(node->compute(), "CUDA_ERROR_LAUNCH_FAILED");
        node->destroy();
    }
    {
        Machine machine(mock, 70);
        std::vector<double> expected;
        auto node = make_node(operators, machine, Kind::fir_tail, false, true, expected);
        check_contains(node->create(), "compute capability 7.0, and the native operators need 7.5");
    }
}

void bad_nodes(const Operators& operators, const MockDriver& mock) {
    struct Wrong {
        Kind kind;
        std::function<void(Node&)> spoil;
        bool made;
        const char* error;
    };
    const Wrong all[] = {
        {Kind::fir_tail, [](Node& n) { n.info.float_lists.clear(); }, false,
         "edgesim.FirTail: attribute 'taps' needs values"},
        {Kind::fir_tail, [](Node& n) { n.info.float_lists["taps"] = std::vector<float>(9, 1.0f); }, false,
         "edgesim.FirTail: the filter needs 1 to 8 taps"},
        {Kind::fir_tail, [](Node& n) { n.info.integer_lists["pads"] = {1}; }, false,
         "attribute 'pads' needs top, left, bottom and right"},
        {Kind::fir_tail,
         [](Node& n) {
             n.info.integer_lists["pads"] = {-1, 0, 0, 0};
         },
         false, "pads that are not negative"},
        {Kind::up_fir_down, [](Node& n) { n.info.integers["up"] = 2; }, false,
         "edgesim.UpFirDown: pads can only be mirrored where 'up' is 1"},
        {Kind::up_fir_down,
         [](Node& n) {
             n.info.integer_lists["pads"] = {9, 0, 0, 0};
         },
         true, "an axis of 9 pixels is too short to be mirrored"},
        {Kind::fir_tail, [](Node& n) { n.context.inputs[1].shape = {7}; }, true,
         "edgesim.FirTail: input 'bias' has shape [7], expected [8]"},
        {Kind::fir_tail,
         [](Node& n) {
             n.context.inputs[2].shape = {1, 1, 2, 2};
         },
         true, "input 'noise' has shape [1, 1, 2, 2], expected [1, 1, 7, 13]"},
        {Kind::fir_tail,
         [](Node& n) {
             n.context.inputs[0].shape = {8, 9, 11};
         },
         true, "input 'x' has shape [8, 9, 11]"},
        {Kind::styled_tail,
         [](Node& n) {
             n.context.inputs[3].shape = {2, 5, 5, 8};
         },
         true, "edgesim.StyledTail: input 'skip' has shape [2, 5, 5, 8], expected [2, 5, 6, 8]"},
    };
    for (const Wrong& wrong : all) {
        Machine machine(mock);
        std::vector<double> expected;
        auto node = make_node(operators, machine, wrong.kind, false, true, expected);
        wrong.spoil(*node);
        const std::string created = node->create();
        check(created.empty() == wrong.made,
              "bad attributes are refused when the operator is made, bad shapes when it runs");
        check_contains(wrong.made ? node->compute() : created, wrong.error);
        check(mock.calls("cuLaunchKernel") == 0, "a node that is refused launches nothing");
        node->destroy();
    }
}

// Before anything is loaded: no driver, then one without a device.
void no_driver(const Operators& operators, const MockDriver& mock, const char* path) {
    Node node;
    node.op = operators.find("StyledTail", false);
    cuda::use_driver_library("libcuda-that-is-not-there.so.1");
    check_contains(node.create(), "The CUDA driver can't be loaded: libcuda-that-is-not-there.so.1");
    cuda::use_driver_library(path);
    mock.reset(0, 80, 0);
    check_contains(node.create(), "can't start CUDA: CUDA_ERROR_NO_DEVICE");
    check(node.kernel == nullptr, "no operator without a device");
}

// What the library carries is for its targets and has every kernel, with the parameters that launches give.
void ptx() {
    check(cuda::embedded_ptx(74) == nullptr && cuda::embedded_ptx(70) == nullptr, "there is no PTX for Volta");
    const std::pair<int, int> targets[] = {{75, 75}, {80, 80}, {86, 80}, {90, 80}, {120, 80}};
    for (const auto& [capability, wanted] : targets) {
        int target = 0;
        std::string problem;
        std::map<std::string, PtxEntry> entries;
        for (const PtxEntry& entry : parsePtx(cuda::embedded_ptx(capability), &target, &problem)) {
            entries[entry.name] = entry;
        }
        check(problem.empty() && target == wanted,
              "the PTX for " + std::to_string(capability) + " is for sm_" + std::to_string(wanted));
        check(static_cast<int>(entries.size()) == cuda::entry_count, "the PTX has the kernels and no others");
        for (int i = 0; i < cuda::entry_count; i++) {
            const std::string name = cuda::entry_names[i];
            const size_t size =
                name.find("_fir_") != std::string::npos ? sizeof(cuda::FirArguments) : sizeof(cuda::TailArguments);
            const auto found = entries.find(name);
            check(found != entries.end() && found->second.parameters.size() == 1 &&
                      found->second.parameters[0].size == size,
                  name + " is in the PTX and takes one structure of the host's size");
        }
    }
}

}  // namespace
}  // namespace edgesim::tests

int main(int count, char** arguments) {
    using namespace edgesim::tests;
    if (count != 2) {
        std::printf("usage: launch_test MOCK_DRIVER\n");
        return 1;
    }
    Ort::InitApi(&fake_ort());
    const MockDriver mock(arguments[1]);
    const Operators operators;
    ptx();
    no_driver(operators, mock, arguments[1]);
    results(operators, mock);
    lifetimes(operators, mock);
    threads(operators, mock);
    errors(operators, mock);
    bad_nodes(operators, mock);
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
