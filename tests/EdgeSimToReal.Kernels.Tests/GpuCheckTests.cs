using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.GpuCheck;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Tests.Kernels;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The program that checks a GPU, without one: on the fake driver, networks on ONNX Runtime's CPU.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class GpuCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kernels_and_bundle_that_are_right_Pass()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        {
            using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
            using (CudaModule module = new(device, KernelManifest.Embedded))
            using (CudaStream stream = new(device))
            {
                IReadOnlyList<KernelResult> results = new KernelChecks(module, stream, 64, 16).Run();
                Assert.Equal(KernelManifest.Embedded.Kernels.Select(kernel => kernel.Name), results.Select(r => r.Kernel).Order(StringComparer.Ordinal));
                Assert.All(results, r => Assert.True(r.MaxDifference <= r.Allowed && r.Milliseconds > 0 && r.GigabytesPerSecond > 0, $"{r}"));
            }
            List<string> failures = [];
            BundleResult[] bundles = [.. new BundleChecks(Target(idle: false)).Run(GuardedModels.Bundle(_folder["bundle"]), failures)];
            Assert.Empty(failures);
            // The host runs standard operators alone.
            Assert.Equal(3, bundles.Select(result => result.Way).Distinct().Count());
            Assert.All(bundles, result => Assert.StartsWith("standard operators", result.Way, StringComparison.Ordinal));
            Assert.All(bundles, result =>
                Assert.True(result.RelativeL2 < 1e-5 && result.GuardDifference < 1e-5 && result.Psnr > 80 && result.PictureLevels <= 1, $"{result}"));
        }
        mock.AssertClean();
    }

    [Fact]
    public void Device_that_does_nothing_Fails_kernel_by_kernel_and_its_times_are_told()
    {
        // No work is done at a launch here, so no kernel's result can be right.
        MockCuda mock = new();
        StringWriter output = new();
        GpuCheckOptions options = new()
        {
            Presets = ["tiny"],
            Sizes = [(64, 32)],
            Frames = 4,
            WarmUp = 1,
            CopyBytes = 1 << 16,
            KernelSize = (64, 16),
        };
        List<string> saved = [];
        GpuReport report = new Check(Target(idle: true), options, output, soFar => saved.Add(soFar.ToJson())).Run();
        Assert.Equal(report.Failures, JsonDocument.Parse(saved[^1]).RootElement.GetProperty("failures").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(4, report.Latency.Count);
        Assert.Equal(report.Kernels.Where(kernel => kernel.Kernel != "Confusion" || kernel.MaxDifference > 0).Select(kernel => kernel.Kernel),
            report.Failures.Where(f => f.StartsWith("kernel ", StringComparison.Ordinal)).Select(f => f.Split(' ')[1]));
        Assert.True(report.Failures.Count >= 10);
        Assert.Equal([("fp32", false), ("fp32", true), ("fp16", false), ("fp16", true)], report.Latency.Select(row => (row.Precision, row.Graph)));
        Assert.All(report.Latency, row =>
        {
            Assert.Equal(("tiny", "64x32"), (row.Model, row.Size));
            Assert.True(row.Total.P50 > 0 && row.Total.P99 >= row.Total.P50 && row.Infer.P50 > 0 && row.ThroughputFramesPerSecond > 0);
            Assert.All([row.GuardEvery1!, row.GuardEvery10!, row.GuardPassthrough!], guarded =>
                Assert.True(guarded.Total.P50 > 0 && guarded.CheckedShare is > 0 and <= 1, $"{guarded}"));
            Assert.Equal(1, row.GuardPassthrough!.CheckedShare);
            // The fake device: 10 multiprocessors of 8.0 at 1 GHz.
            Assert.True(row.FloorMilliseconds >= row.MultiplyAccumulates / (row.Precision == "fp16" ? 1024e10 : 512e10) * 1e3);
            Assert.Equal(row.FloorMilliseconds / row.Infer.P50, row.ShareOfFloor);
        });
        JsonElement json = JsonDocument.Parse(report.ToJson()).RootElement;
        Assert.Equal(4, json.GetProperty("latency").GetArrayLength());
        Assert.Equal(64, json.GetProperty("device").GetProperty("memoryGigabytesPerSecond").GetDouble());
        Assert.Contains("Mock GPU 0", output.ToString());
        mock.AssertClean();
    }

    // Whatever the driver says at whatever moment: the report is there, and tells it.
    [Theory]
    [InlineData("cuModuleLoadDataEx", 222)]
    [InlineData("cuLaunchKernel", MockCuda.LaunchFailed)]
    [InlineData("cuMemAlloc_v2", MockCuda.OutOfMemory)]
    [InlineData("cuMemcpyDtoHAsync_v2", MockCuda.LaunchFailed)]
    public void Fault_of_the_GPU_Ends_in_a_report(string function, int code)
    {
        MockCuda mock = new();
        GpuCheckOptions options = new()
        {
            Presets = ["tiny"],
            Sizes = [(64, 32)],
            Frames = 2,
            WarmUp = 1,
            CopyBytes = 1 << 16,
            KernelSize = (64, 16),
            Suites = "Total: 9, Errors: 0, Failed: 1, Skipped: 0; exit code 1",
        };
        mock.Fail(function, code);
        List<JsonElement> saved = [];
        GpuReport report = new Check(Target(idle: true), options, new StringWriter(),
            soFar => saved.Add(JsonDocument.Parse(soFar.ToJson()).RootElement)).Run();
        Assert.Contains(report.Failures, failure => failure.Contains("CUDA can't", StringComparison.Ordinal));
        Assert.Contains(report.Failures, failure => failure.Contains("suites did not pass", StringComparison.Ordinal));
        Assert.Equal(report.Failures, saved[^1].GetProperty("failures").EnumerateArray().Select(failure => failure.GetString()));
        // Only the last one says that it is whole.
        Assert.All(saved[..^1], soFar => Assert.Equal(JsonValueKind.Null, soFar.GetProperty("finishedUtc").ValueKind));
        Assert.Equal(JsonValueKind.String, saved[^1].GetProperty("finishedUtc").ValueKind);
        Assert.Equal(0, saved[0].GetProperty("kernels").GetArrayLength());
        mock.AssertClean();
    }

    [Fact]
    public void Operators_Are_compared_one_by_one()
    {
        TwinLibrary.Require();
        MockCuda mock = new();
        using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
        using (CudaStream stream = new(device))
        {
            OperatorResult[] results = [.. new OperatorChecks(Target(idle: true) with { Graph = (_, model, inputs, _) => Twin(model, inputs) }, stream).Run()];
            Assert.Equal(29, results.Distinct().Count());
            Assert.All(results, result => Assert.True(result.RelativeL2 <= result.Allowed, $"{result}"));
            OperatorResult[] wrong =
            [
                .. new OperatorChecks(Target(idle: true) with { Graph = (_, model, inputs, _) => [.. Twin(model, inputs).Select(y => y * 1.01f)] },
                    stream).Run(),
            ];
            Assert.All(wrong, result => Assert.False(result.RelativeL2 <= result.Allowed, $"{result}"));
        }
        mock.AssertClean();

        static float[] Twin(byte[] model, IReadOnlyList<(string Name, float[] Values, long[] Shape)> inputs) => TwinLibrary.Run(model, inputs);
    }

    // A network that keeps its first picture, as a recording would that replays old memory.
    [Fact]
    public void Picture_of_an_earlier_frame_Is_found_out_in_every_way()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        {
            List<string> failures = [];
            GpuTarget stuck = Target(idle: false) with { Network = (stream, graph, _, _) => new StuckNetwork(new HostLiveNetwork(stream, graph)) };
            BundleResult[] results = [.. new BundleChecks(stuck).Run(GuardedModels.Bundle(_folder["bundle"]), failures)];
            Assert.Equal(3, results.Length);
            Assert.All(results, result => Assert.True(result.PictureLevels > BundleChecks.AllowedLevels, $"{result}"));
            Assert.Equal(3, failures.Count(failure => failure.Contains("came back", StringComparison.Ordinal)));
        }
        mock.AssertClean();
    }

    [Fact]
    public void Machine_without_a_usable_GPU_Is_told_in_one_line_and_the_code_says_so()
    {
        try
        {
            GpuTarget.Machine();
            Assert.Skip("There is a GPU.");
        }
        catch (EdgeSimException)
        {
            TextWriter before = Console.Error;
            using StringWriter error = new();
            Console.SetError(error);
            try
            {
                Assert.Equal((int)ExitCode.Missing, Program.Main(["--json", _folder["report.json"]]));
            }
            finally
            {
                Console.SetError(before);
            }
            Assert.StartsWith("error: ", error.ToString(), StringComparison.Ordinal);
            Assert.Single(error.ToString().TrimEnd().Split('\n'));
            Assert.False(File.Exists(_folder["report.json"]));
        }
    }

    [Fact]
    public void Command_line_Is_checked()
    {
        GpuCheckOptions options = GpuCheckOptions.Parse(["--json", "a.json", "--models", "b", "--models", "c", "--quick"]);
        Assert.Equal(("a.json", 60), (options.Json, options.Frames));
        Assert.Equal(["b", "c"], options.Models);
        Assert.Equal(ExitCode.Usage, Assert.Throws<EdgeSimException>(() => GpuCheckOptions.Parse(["--json"])).ExitCode);
        // Before anything is measured.
        Assert.Contains("huge", Assert.Throws<EdgeSimException>(() => GpuCheckOptions.Parse(["--presets", "huge"])).Message);
        Assert.Contains("multiples", Assert.Throws<EdgeSimException>(() => GpuCheckOptions.Parse(["--sizes", "500x256"])).Message);
    }

    [Fact]
    public void Layers_Add_up_to_the_live_graphs_cost()
    {
        var configuration = EdgeSimToReal.Core.Networks.SaeConfiguration.Edge;
        Assert.Equal(configuration.LiveMultiplyAccumulates(256, 512), configuration.LiveLayers(256, 512).Sum(layer => layer.MultiplyAccumulates));
        // A convolution of 3x3 from 4 to 8 channels at 10 positions: 10 · 12 values and 288 weights.
        Assert.Equal(2 * (120 + 288), new EdgeSimToReal.Core.Networks.LiveLayer(10, 4, 8, 9).Bytes(2));
        Assert.Equal(0, new EdgeSimToReal.Core.Networks.LiveLayer(10, 1, 8, 9).Bytes(2));
    }

    private static GpuTarget Target(bool idle) => new()
    {
        Open = () => CudaDevice.Open(CudaDriver.Load(MockCuda.Path)),
        // The host has no operators of a GPU.
        Form = options => options with { Upsampling = UpsamplingForm.TransposedConvolution },
        Network = (stream, graph, _, _) => new HostLiveNetwork(stream, graph),
        Graph = (_, _, _, count) => new float[count],
        OperatorsRefused = () => idle ? null : "The host has none.",
        Guard = (translator, bundle, policy) => new CudaLabelGuard(translator, bundle.Manifest.Guard!,
            (stream, _) => new HostGuardNetwork(stream, bundle, idle), policy),
    };

    private sealed class StuckNetwork(ICudaNetwork network) : ICudaNetwork
    {
        private bool _ran;

        public int Width => network.Width;

        public int Height => network.Height;

        public bool Half => network.Half;

        public DeviceView Input => network.Input;

        public DeviceView Output => network.Output;

        public DeviceBuffer<float>? Labels => network.Labels;

        public void Run()
        {
            if (!_ran)
                network.Run();
            _ran = true;
        }

        public void Dispose() => network.Dispose();
    }
}
