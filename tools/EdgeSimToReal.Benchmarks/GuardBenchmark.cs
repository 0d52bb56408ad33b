using System.Diagnostics;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.GpuCheck;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Benchmarks;

/// <summary>What the label guard costs a frame, and its counting against a scalar loop.</summary>
internal static class GuardBenchmark
{
    private const int Width = 512;
    private const int Height = 256;
    private const int Turns = 10;
    private const int FramesPerTurn = 20; // a multiple of every k
    private const int WarmUp = 2;

    /// <summary>Prints the figures.</summary>
    /// <param name="model">The bundle that translates; its own guard, or a random one of the documented size where it has none.</param>
    /// <param name="threads">Threads of the translator.</param>
    public static void Run(string model, int threads)
    {
        Count();
        string folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(model))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            ModelBundle bundle = ModelBundle.Load(folder);
            if (bundle.Manifest.Guard is null)
            {
                RandomModels.WriteGuard(Path.Combine(folder, "random.onnx"));
                BundleGuardWriter.Add(folder, Path.Combine(folder, "random.onnx"), 256, 128);
            }
            RandomModels.Calibrate(folder);
            Frames(ModelBundle.Load(folder), threads);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Frames(ModelBundle bundle, int threads)
    {
        BundleGuard guard = bundle.Manifest.Guard!;
        Console.WriteLine($"label guard, {guard.MultiplyAccumulates / 1e9:F2} GMAC a reading at {guard.Width}x{guard.Height}, two readings "
            + $"a judged frame; {bundle.Manifest.Name} at {Width}x{Height}, {threads} threads");
        BakedGraph graph = new StyleBaker(null).Bake(bundle, bundle.Texture(bundle.TextureNames[0]), new BakeOptions(Width, Height));
        Frame frame = RandomModels.Street(Width, Height);
        using LiveTranslator plain = new(graph, FitPolicy.Exact, "", threads);
        Guarded("report, k = 10", GuardPolicy.Report, 10, 1);
        Guarded("report, k = 1", GuardPolicy.Report, 1, 1);
        Guarded("passthrough, k = 1", GuardPolicy.Passthrough, 1, threads);

        // In turns with the reference, since a shared machine drifts; the guard rests meanwhile.
        void Guarded(string name, GuardPolicy policy, int every, int guardThreads)
        {
            using GuardedTranslator translator = new(new LiveTranslator(graph, FitPolicy.Exact, "", threads),
                new LabelGuard(bundle, guardThreads), policy, every);
            LatencyHistogram off = new(), on = new(), stage = new();
            for (int turn = 0; turn < Turns; turn++)
            {
                Take(plain, off);
                Take(translator, on, stage);
                translator.Report(); // waits for the guard
            }
            GuardReport report = translator.Report();
            Console.WriteLine($"  {name,-20} frame p50 {Milliseconds(on, 50):F2} ms, {Ratio(on, off, 50):F3} of off; "
                + $"p99 {Milliseconds(on, 99):F2} ms, {Ratio(on, off, 99):F3} of off; stage guard p50 {Milliseconds(stage, 50):F3} ms, "
                + $"p99 {Milliseconds(stage, 99):F3} ms; {report.CheckedFrames} judged, {report.MissedFrames} missed");
        }

        void Take(IFrameTranslator translator, LatencyHistogram frames, LatencyHistogram? stage = null)
        {
            for (int i = 0; i < WarmUp + FramesPerTurn; i++)
            {
                long start = Stopwatch.GetTimestamp();
                translator.Translate(frame, out _);
                if (i < WarmUp)
                    continue;
                frames.Record((long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
                stage?.Record((long)Stopwatch.GetElapsedTime(frame.Stamps.Finished, frame.Stamps.Guarded).TotalNanoseconds);
            }
        }

        static double Milliseconds(LatencyHistogram histogram, double percentile) => histogram.Percentile(percentile) / 1e6;

        static double Ratio(LatencyHistogram on, LatencyHistogram off, double percentile) =>
            (double)on.Percentile(percentile) / off.Percentile(percentile);
    }

    private static void Count()
    {
        Frame street = RandomModels.Street(Width, Height);
        byte[] labels = new byte[street.PixelCount], prediction = new byte[street.PixelCount];
        LabelRemap remap = LabelRemap.Between(street.TagSpace!, LabelSpaces.Shared10);
        remap.Apply(street.Tags, prediction);
        // A network's boundaries are a little off.
        Array.Copy(prediction, 0, prediction, 3, prediction.Length - 3);
        ConfusionMatrix matrix = new(LabelSpaces.Shared10.Count);
        long[] counts = new long[256 * 256];
        Timing.Result vectors = Timing.Measure(() =>
        {
            remap.Apply(street.Tags, labels);
            matrix.Add(labels, prediction);
        }, seconds: 1);
        Timing.Result scalar = Timing.Measure(() =>
        {
            ReadOnlySpan<byte> table = remap.Table;
            for (int i = 0; i < labels.Length; i++)
            {
                byte label = table[street.Tags[i]];
                if (label < 10)
                    counts[(label * 256) + prediction[i]]++;
            }
        }, seconds: 1);
        Console.WriteLine($"remap and confusion matrix, {Width}x{Height}: p50 {vectors.P50:F4} ms, {scalar.P50 / vectors.P50:F1} times faster "
            + "than a scalar loop");
    }
}
