using System.Globalization;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Textures;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The live graph in bf16 against fp32: peaks, layers, whole frames, sizes and threads; Markdown tables.</summary>
internal static class PrecisionBenchmark
{
    private static readonly (int Width, int Height)[] Sizes = [(256, 128), (512, 256), (960, 544), (1280, 720)];
    private static readonly string[] Levels = ["avx2", "avx512", "avx512_bf16", "amx"];

    /// <summary>Prints the tables.</summary>
    /// <param name="preset">A preset, or "all" for "edge" and "full".</param>
    /// <param name="seconds">Time for each figure.</param>
    public static void Run(string preset, double seconds)
    {
        int most = Math.Min(2, Environment.ProcessorCount);
        MachineInfo machine = MachineInfo.Current;
        Console.WriteLine($"{machine.Processor}, {machine.LogicalCores} cores, {machine.Instructions}, ONNX Runtime {machine.OnnxRuntime}; "
            + $"bf16 at level {Bf16Support.Level ?? throw new InvalidOperationException("The native operators are not built.")}, "
            + $"gain {Bf16Support.Gain}");
        double peak = Peaks(most);
        foreach (string name in preset == "all" ? ["edge", "full"] : new[] { preset })
        {
            SaeConfiguration configuration = SaeConfiguration.Preset(name);
            LayerTable(name, configuration, most, peak, seconds);
            string folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
            try
            {
                ModelBundle bundle = LiveBenchmark.RandomBundle(folder, configuration);
                FrameTable(name, bundle, most, peak, seconds);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // The peak of the level in use, all threads together.
    private static double Peaks(int threads)
    {
        double inUse = 0;
        Console.WriteLine($"\nRegister-only peaks, {threads} threads together:\n\n| instructions | GMAC/s |\n|---|---|");
        foreach (string level in Levels)
        {
            double[] each = new double[threads];
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => each[i] = Bf16Support.Peak(level)))];
            foreach (Thread worker in workers)
                worker.Start();
            foreach (Thread worker in workers)
                worker.Join();
            Console.WriteLine(each[0] > 0 ? $"| {level} | {Rate(each.Sum())} |" : $"| {level} | not on this processor |");
            if (level == Bf16Support.Level)
                inUse = each.Sum();
        }
        return inUse;
    }

    private static void LayerTable(string preset, SaeConfiguration configuration, int threads, double peak, double seconds)
    {
        Console.WriteLine($"\nLayers of preset {preset} at 512x256, {threads} threads, GMAC/s:\n");
        Console.WriteLine("| layer | bf16, ours | oneDNN | the faster, of the peak | ONNX Runtime fp32 | times faster |\n|---|---|---|---|---|---|");
        foreach (PrecisionLayers.Layer layer in PrecisionLayers.Of(configuration, 512, 256))
        {
            Bf16Support.TryUseOneDnn(0);
            double own = PrecisionLayers.Bf16(layer, threads, seconds), fp32 = PrecisionLayers.Fp32(layer, threads, seconds);
            // It has no up-sampling step, and computes multiples of 32 channels.
            bool possible = layer.Kind != PrecisionLayers.Kind.Up && layer.Output % 32 == 0 && Bf16Support.TryUseOneDnn(2);
            double library = possible ? PrecisionLayers.Bf16(layer, threads, seconds) : double.PositiveInfinity;
            Bf16Support.TryUseOneDnn(1);
            double best = Math.Min(own, library);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {layer} | {Rate(layer.Macs / own * 1e3)} | "
                + $"{(possible ? Rate(layer.Macs / library * 1e3) : "–")} | {layer.Macs / best * 1e3 / peak:P0} | "
                + $"{Rate(layer.Macs / fp32 * 1e3)} | {fp32 / best:F2} |"));
        }
    }

    private static void FrameTable(string preset, ModelBundle bundle, int most, double peak, double seconds)
    {
        Console.WriteLine($"\nWhole frames of preset {preset}, bare session, ms (p50 / p99):\n");
        Console.WriteLine("| size | threads | fp32, standard operators | fp32, native operators | bf16 | bf16 over standard | over native | of the peak |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        BakedGraph? profiled = null;
        float[] code = [.. Enumerable.Range(0, bundle.Configuration.TextureChannels).Select(i => MathF.Sin(i))];
        foreach ((int width, int height) in preset == "full" ? Sizes[..2] : Sizes)
        {
            BakeOptions options = new(width, height);
            BakeOptions[] forms =
            [
                options with { Upsampling = UpsamplingForm.TransposedConvolution }, options with { Upsampling = UpsamplingForm.FusedTails },
                options with { Precision = LivePrecision.Bf16 },
            ];
            BakedGraph[] graphs = [.. forms.Select(form => new StyleBaker(null).Bake(bundle, new TextureCode(code, "sine"), form))];
            for (int threads = 1; threads <= most; threads++)
            {
                LiveSession[] sessions = [.. graphs.Select(graph => new LiveSession(graph, threads))];
                LatencyHistogram[] times = Turns(sessions, seconds);
                double[] p50 = [.. times.Select(time => time.Percentile(50) / 1e6)], p99 = [.. times.Select(time => time.Percentile(99) / 1e6)];
                foreach (LiveSession session in sessions)
                    session.Dispose();
                double macs = bundle.Configuration.LiveMultiplyAccumulates(height, width);
                double share = macs / p50[2] * 1e3 / (peak * threads / most);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {width}x{height} | {threads} | {p50[0]:F1} / {p99[0]:F1} | "
                    + $"{p50[1]:F1} / {p99[1]:F1} | {p50[2]:F1} / {p99[2]:F1} | {p50[0] / p50[2]:F2} times | {p50[1] / p50[2]:F2} times | {share:P0} |"));
            }
            if ((width, height) == (512, 256))
                profiled = graphs[2];
        }
        for (int threads = 1; profiled is not null && threads <= most; threads++)
            NodeTimes.Print(profiled, threads, 30);
    }

    /// <summary>Frame times of sessions, in turns, since a shared machine drifts.</summary>
    public static LatencyHistogram[] Turns(LiveSession[] sessions, double seconds)
    {
        LatencyHistogram[] times = [.. sessions.Select(_ => new LatencyHistogram())];
        foreach (LiveSession session in sessions)
            session.Run();
        long start = Stopwatch.GetTimestamp();
        while (times[0].Count < 5 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds * sessions.Length)
        {
            for (int i = 0; i < sessions.Length; i++)
            {
                long before = Stopwatch.GetTimestamp();
                sessions[i].Run();
                times[i].Record((long)Stopwatch.GetElapsedTime(before).TotalNanoseconds);
            }
        }
        return times;
    }

    private static string Rate(double macsPerSecond) => (macsPerSecond / 1e9).ToString("F0", CultureInfo.InvariantCulture);
}
