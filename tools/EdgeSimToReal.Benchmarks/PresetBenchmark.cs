using System.Globalization;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Benchmarks;

/// <summary>Frames of several presets against each other, in turns in one run; a Markdown table.</summary>
internal static class PresetBenchmark
{
    private const int Width = 512, Height = 256;

    /// <summary>Prints the table, then the nodes' times of each preset.</summary>
    /// <param name="presets">Names; the first one is the reference.</param>
    /// <param name="seconds">Time for each figure.</param>
    public static void Run(IReadOnlyList<string> presets, double seconds)
    {
        LivePrecision[] precisions = Bf16Support.Available ? [LivePrecision.Fp32, LivePrecision.Bf16] : [LivePrecision.Fp32];
        string folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
        try
        {
            ModelBundle[] bundles = [.. presets.Select(preset =>
                LiveBenchmark.RandomBundle(Path.Combine(folder, preset), SaeConfiguration.Preset(preset)))];
            Console.WriteLine($"Frames of {Width}x{Height}, bare session, random weights, in turns; ms:\n");
            Console.WriteLine($"| precision | threads | {string.Join(" | ", bundles.Select(Title))} |");
            Console.WriteLine($"|---|---|{string.Concat(presets.Select(_ => "---|"))}");
            foreach (LivePrecision precision in precisions)
            {
                for (int threads = 1; threads <= Math.Min(2, Environment.ProcessorCount); threads++)
                {
                    LiveSession[] sessions = [.. bundles.Select(bundle => new LiveSession(Bake(bundle, precision), threads))];
                    LatencyHistogram[] times = PrecisionBenchmark.Turns(sessions, seconds);
                    foreach (LiveSession session in sessions)
                        session.Dispose();
                    Console.WriteLine($"| {precision} | {threads} | {string.Join(" | ", times.Select(time => Cell(time, times[0])))} |");
                }
            }
            foreach (ModelBundle bundle in bundles)
            {
                foreach (LivePrecision precision in precisions)
                {
                    Console.WriteLine($"\n{bundle.Manifest.Preset}, {precision}:");
                    for (int threads = 1; threads <= Math.Min(2, Environment.ProcessorCount); threads++)
                        NodeTimes.Print(Bake(bundle, precision), threads, 30);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BakedGraph Bake(ModelBundle bundle, LivePrecision precision)
    {
        float[] code = [.. Enumerable.Range(0, bundle.Configuration.TextureChannels).Select(i => MathF.Sin(i))];
        return new StyleBaker(null).Bake(bundle, new TextureCode(code, "sine"), new BakeOptions(Width, Height) { Precision = precision });
    }

    private static string Title(ModelBundle bundle) => string.Create(CultureInfo.InvariantCulture,
        $"{bundle.Manifest.Preset}, {bundle.Configuration.LiveMultiplyAccumulates(Height, Width) / 1e9:F2} GMAC, p50 (fastest)");

    private static string Cell(LatencyHistogram time, LatencyHistogram reference)
    {
        double p50 = time.Percentile(50) / 1e6, least = time.Min / 1e6;
        string ratio = ReferenceEquals(time, reference) ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {(double)time.Percentile(50) / reference.Percentile(50):F2} ({(double)time.Min / reference.Min:F2}) times");
        return string.Create(CultureInfo.InvariantCulture, $"{p50:F2} ({least:F2}){ratio}");
    }
}
