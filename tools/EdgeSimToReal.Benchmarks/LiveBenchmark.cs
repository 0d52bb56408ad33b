using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The live graph against its rivals: bare session, unfrozen graphs, eager TorchSharp, the processor's peak.</summary>
internal static class LiveBenchmark
{
    public static void Run(string preset, int width, int height, int threads)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        Console.WriteLine($"live graph, preset {preset}, {width}x{height}, {threads} threads");
        MachineInfo machine = MachineInfo.Current;
        Console.WriteLine($"  {machine.Processor}, {machine.Instructions}, ONNX Runtime {machine.OnnxRuntime}");
        string folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
        try
        {
            Dictionary<string, WeightTensor> weights = RandomWeights(configuration);
            ModelBundle bundle = Write(folder, configuration, weights);
            float[] image = GreyNoise(3 * width * height);
            float[] code = GreyNoise(configuration.TextureChannels);
            TextureCode texture = new(code, "noise");

            double peak = FmaPeak.Measure(threads);
            (float[] eagerResult, Timing.Result eager) = Eager(configuration, weights, image, height, width, threads, code);
            (float[] unfrozenResult, Timing.Result unfrozen) = Unfrozen(bundle, image, height, width, threads, code);
            BakedGraph graph = new StyleBaker(null).Bake(bundle, texture, new BakeOptions(width, height));
            using LiveSession session = new(graph, threads);
            image.CopyTo(session.Input, 0);
            Timing.Result bare = Timing.Measure(session.Run);
            float[] frozenResult = session.Output;

            using LiveTranslator translator = new(graph, FitPolicy.Exact, "benchmark", threads);
            Frame frame = new(width, height);
            new Random(1).NextBytes(frame.Bgra);
            // The reference is measured on both sides of the subject, since a shared machine drifts.
            Timing.Result whole = Timing.Measure(() => translator.Translate(frame, out _));
            Timing.Result bareAgain = Timing.Measure(session.Run);
            double bareP50 = (bare.P50 + bareAgain.P50) / 2;

            double macs = configuration.LiveMultiplyAccumulates(height, width);
            peak = Math.Max(peak, FmaPeak.Measure(threads));
            Row("bare session, frozen live graph", bareP50, $"{1000 / bareP50:F1} frames/s");
            Row("frame to frame (prepare + session + finish)", whole.P50,
                $"{whole.P50 / bareP50:F3} of the bare session (target <= 1.05); p99 {whole.P99:F2} ms");
            Row("unfrozen exported graphs", unfrozen.P50,
                $"frozen is {unfrozen.P50 / bareP50:F2} times faster; relative L2 {RelativeError.L2(frozenResult, unfrozenResult):E1}");
            Row("TorchSharp eager", eager.P50,
                $"frozen is {eager.P50 / bareP50:F2} times faster (target >= 2.5); relative L2 {RelativeError.L2(frozenResult, eagerResult):E1}");
            double rate = macs / bareP50 * 1e3;
            Console.WriteLine($"  {macs / 1e9:F2} GMAC a frame: {rate / 1e9:F0} GMAC/s, "
                + $"{rate / peak:P0} of the register-only FMA loop's {peak / 1e9:F0} GMAC/s");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A bundle of random weights.</summary>
    public static ModelBundle RandomBundle(string folder, SaeConfiguration configuration) =>
        Write(folder, configuration, RandomWeights(configuration));

    private static ModelBundle Write(string folder, SaeConfiguration configuration, Dictionary<string, WeightTensor> weights)
    {
        BundleWriter.Write(folder, new SaeWeights(configuration, weights), new BundleDescription
        {
            Name = "benchmark",
            Description = "Random weights.",
            Licence = "none",
        }, "Random weights.");
        return ModelBundle.Load(folder);
    }

    private static void Row(string name, double milliseconds, string note) =>
        Console.WriteLine($"  {name,-46} p50 {milliseconds,8:F2} ms   {note}");

    // Random weights, but with noise factors that are not zero, so that no layer can be left out.
    private static Dictionary<string, WeightTensor> RandomWeights(SaeConfiguration configuration)
    {
        TorchSharp.torch.manual_seed(1);
        using SwappingAutoencoder networks = new(configuration);
        Dictionary<string, WeightTensor> weights = ModuleWeights.Export(networks);
        foreach (SaeNoiseLayer layer in configuration.NoiseLayers)
            weights[$"{layer.Name}.weight"] = new WeightTensor([1], [0.1f]);
        return weights;
    }

    private static (float[] Result, Timing.Result Time) Eager(SaeConfiguration configuration, Dictionary<string, WeightTensor> weights,
        float[] image, int height, int width, int threads, float[] code)
    {
        using EagerModel model = new(configuration, weights, height, width, threads, code);
        float[] result = [];
        Timing.Result time = Timing.Measure(() => result = model.Run(image, height, width));
        return (result, time);
    }

    private static (float[] Result, Timing.Result Time) Unfrozen(ModelBundle bundle, float[] image, int height, int width, int threads,
        float[] code)
    {
        using UnfrozenModel model = new(bundle, height, width, threads, code);
        float[] result = [];
        Timing.Result time = Timing.Measure(() => result = model.Run(image));
        return (result, time);
    }

    private static float[] GreyNoise(int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(i => (float)((Math.Sin(i * 0.01) * 0.5) + (random.NextDouble() * 0.6) - 0.3))];
    }
}
