using System.Diagnostics;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.GpuCheck;

/// <summary>What a frame costs, by preset, size, precision and with or without a CUDA graph.</summary>
/// <param name="target">What is checked.</param>
/// <param name="options">How long.</param>
/// <param name="peaks">What the device can do at best.</param>
internal sealed class LatencyTable(GpuTarget target, GpuCheckOptions options, DevicePeaks? peaks)
{
    /// <summary>Measures all rows.</summary>
    /// <param name="output">Gets each row as it is there.</param>
    /// <param name="failures">Gets what could not be measured.</param>
    public IEnumerable<LatencyRow> Run(TextWriter output, List<string> failures)
    {
        foreach (string preset in options.Presets)
        {
            string folder = Directory.CreateTempSubdirectory("edgesim-gpu-check-").FullName;
            try
            {
                ModelBundle bundle = RandomModels.Bundle(folder, preset);
                foreach ((int width, int height) in options.Sizes)
                {
                    foreach (bool half in new[] { false, true })
                    {
                        BakedGraph? graph = null;
                        foreach (bool record in new[] { false, true })
                        {
                            string name = $"{preset} {width}x{height} {(half ? "fp16" : "fp32")} graph {(record ? "on" : "off")}";
                            LatencyRow row;
                            try
                            {
                                graph ??= DeviceGraphs.Bake(bundle, width, height, target, half);
                                row = Row(bundle, graph, half, record);
                                output.WriteLine(FormattableString.Invariant(
                                    $"  {name}: upload {row.Upload.P50:F3}, prepare {row.Prepare.P50:F3}, infer {row.Infer.P50:F3}, finish {row.Finish.P50:F3}, download {row.Download.P50:F3} ms; total p50 {row.Total.P50:F3}, p99 {row.Total.P99:F3} ms; {row.ThroughputFramesPerSecond:F0} frames/s in throughput mode; floor {row.FloorMilliseconds:F3} ms, {row.ShareOfFloor:P0} of it; around the network {row.AroundShare:P0}; guard k=10 p50 {row.GuardEvery10}, k=1 {row.GuardEvery1}, passthrough {row.GuardPassthrough} ms; {row.ManagedBytesPerFrame:F1} bytes a frame"));
                            }
                            catch (Exception error)
                            {
                                failures.Add($"{name}: {(error is EdgeSimException ? error.Message : error)}");
                                continue;
                            }
                            yield return row;
                        }
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private LatencyRow Row(ModelBundle bundle, BakedGraph graph, bool half, bool record)
    {
        Frame frame = RandomModels.Street(graph.Width, graph.Height);
        CudaSessionOptions session = new() { Graph = record ? CudaGraphUse.On : CudaGraphUse.Off };
        Spread total;
        Spread[] stages;
        double managed;
        using (CudaLiveTranslator translator = Open(graph, session, LiveMode.Latency))
        {
            Frames(translator, frame, options.WarmUp, out _);
            total = Frames(translator, frame, options.Frames, out managed);
            stages = StageProbe.Measure(translator, frame, options.Frames);
        }
        double rate;
        using (CudaLiveTranslator translator = Open(graph, session, LiveMode.Throughput))
            rate = Throughput(translator, frame);
        IReadOnlyList<LiveLayer> layers = bundle.Configuration.LiveLayers(graph.Height, graph.Width);
        int element = half ? 2 : 4;
        double? floor = peaks?.MultiplyAccumulates(half) is { } peak
            ? 1e3 * layers.Sum(layer => Math.Max(layer.MultiplyAccumulates / peak, layer.Bytes(element) / peaks.BytesPerSecond)) : null;
        double around = stages[0].P50 + stages[1].P50 + stages[3].P50 + stages[4].P50;
        return new LatencyRow
        {
            Model = bundle.Manifest.Name,
            Size = $"{graph.Width}x{graph.Height}",
            Precision = half ? "fp16" : "fp32",
            Graph = record,
            Upload = stages[0],
            Prepare = stages[1],
            Infer = stages[2],
            Finish = stages[3],
            Download = stages[4],
            Total = total,
            ThroughputFramesPerSecond = rate,
            ManagedBytesPerFrame = managed,
            MultiplyAccumulates = layers.Sum(layer => layer.MultiplyAccumulates),
            Bytes = layers.Sum(layer => layer.Bytes(element)),
            FloorMilliseconds = floor,
            ShareOfFloor = floor / stages[2].P50,
            AroundShare = around / total.P50,
            GuardEvery10 = Guarded(bundle, graph, session, frame, GuardPolicy.Report, 10),
            GuardEvery1 = Guarded(bundle, graph, session, frame, GuardPolicy.Report, 1),
            GuardPassthrough = Guarded(bundle, graph, session, frame, GuardPolicy.Passthrough, 1),
        };
    }

    private GuardedRow? Guarded(ModelBundle bundle, BakedGraph graph, CudaSessionOptions session, Frame frame, GuardPolicy policy, int every)
    {
        if (bundle.Manifest.Guard is null)
            return null;
        CudaLiveTranslator live = Open(graph, session, LiveMode.Latency);
        CudaLabelGuard? guard = null;
        try
        {
            guard = target.Guard(live, bundle, policy);
            using GuardedTranslator translator = new(live, guard, policy, every);
            Frames(translator, frame, options.WarmUp, out _);
            GuardReport before = translator.Report();
            Spread total = Frames(translator, frame, options.Frames, out double managed);
            GuardReport after = translator.Report();
            translator.ThrowIfFailed();
            double judged = after.CheckedFrames - before.CheckedFrames, missed = after.MissedFrames - before.MissedFrames;
            // Too few frames for a turn: none was let go.
            return new GuardedRow(total, judged + missed > 0 ? judged / (judged + missed) : 1, managed);
        }
        finally
        {
            guard?.Dispose();
            live.Dispose();
        }
    }

    private CudaLiveTranslator Open(BakedGraph graph, CudaSessionOptions session, LiveMode mode) => new(target.Open(),
        (stream, record) => target.Network(stream, graph, session, record), graph.Labels, FitPolicy.Exact, "gpu check", session, mode);

    private static Spread Frames(IFrameTranslator translator, Frame frame, int count, out double managedBytes)
    {
        double[] times = new double[count];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            translator.Translate(frame, out _);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        managedBytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        return DeviceTime.Of(times);
    }

    private double Throughput(CudaLiveTranslator translator, Frame frame)
    {
        Frames(translator, frame, options.WarmUp, out _);
        long start = Stopwatch.GetTimestamp();
        int collected = 0;
        for (int i = 0; i < options.Frames; i++)
        {
            translator.Submit(frame);
            if (i + 1 - collected == translator.Depth)
            {
                translator.Collect(out _);
                collected++;
            }
        }
        for (; collected < options.Frames; collected++)
            translator.Collect(out _);
        return options.Frames / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
