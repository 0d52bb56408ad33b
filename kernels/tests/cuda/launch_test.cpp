// The operators as ONNX Runtime calls them, down to the driver's calls: on a fake ONNX Runtime and a fake driver, whose
// kernels are the twin's. Usage: launch_test MOCK_DRIVER

#include <map>
#include <thread>

#include "../mock_cuda/ptx_signature.h"
#include "cuda/driver.h"
#include "cuda/module.h"
#include "launch_rig.h"

namespace edgesim::tests {
namespace {

// Every operator, type and layout: the right numbers, in ONNX Runtime's stream and no sooner.
void results(const Operators& operators, const MockDriver& mock) {
    for (Kind kind : {Kind::up_fir_down, Kind::fir_tail, Kind::styled_tail, Kind::colour_transform}) {
        for (bool half : {false, true}) {
            for (bool last : {false, true}) {
                if (kind == Kind::colour_transform && (half || last)) {
                    continue;
                }
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

// What is asked before a graph with these operators is made at all.
void refusals(const MockDriver& mock) {
    {
        Machine machine(mock);
        check(cuda::refusal().empty(), "a device that takes the kernels is not refused");
        check(mock.calls("cuModuleLoadDataEx") == 1 && mock.calls("cuModuleUnload") == 1,
              "they are loaded, and let go");
        mock.fail("cuModuleLoadDataEx", 0, unsupported_ptx);
        check_contains(cuda::refusal(), "-DEDGESIM_CUDA=clang");
        mock.fail("cuModuleLoadDataEx", 0, out_of_memory);
        check_contains(cuda::refusal(), "can't load their kernels");
        check(cuda::refusal().empty(), "asking again is asking anew");
        mock.set_current(nullptr);
        check_contains(cuda::refusal(), "no current CUDA context");
        mock.set_current(machine.context);
    }
    Machine machine(mock, 70);
    check_contains(cuda::refusal(), "compute capability 7.0");
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
        {Kind::colour_transform, [](Node& n) { n.info.integers.clear(); }, false,
         "edgesim.ColourTransform: a GPU takes a picture that is standardised"},
        {Kind::colour_transform,
         [](Node& n) {
             n.context.inputs[0].shape = {2, 12, 3, 2};
         },
         true, "edgesim.ColourTransform: a picture of 12x8 pixels can't be divided evenly into 2x3 cells"},
        {Kind::colour_transform,
         [](Node& n) {
             n.context.inputs[2].shape = {2, 3, 12, 8};
         },
         true, "edgesim.ColourTransform: input 'residual' has shape [2, 3, 12, 8], expected [2, 3, 8, 12]"},
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
            const size_t size = name.find("_fir_") != std::string::npos      ? sizeof(cuda::FirArguments)
                                : name.find("_colours") != std::string::npos ? sizeof(cuda::ColourArguments)
                                                                             : sizeof(cuda::TailArguments);
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
    refusals(mock);
    bad_nodes(operators, mock);
    std::printf(failures == 0 ? "all good\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
