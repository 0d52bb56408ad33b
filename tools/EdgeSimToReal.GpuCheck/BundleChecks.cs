using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.GpuCheck;

/// <summary>A bundle's picture, and what its label guard reads, on the device against the CPU.</summary>
/// <param name="target">What is checked.</param>
internal sealed class BundleChecks(GpuTarget target)
{
    /// <summary>What fp32 without TF32 has to reach, as relative L2; other orders of summation made 3e-7 of it.</summary>
    public const double AllowedRelativeL2 = 1e-5;

    /// <summary>What the guard's likelihoods may differ by, likewise.</summary>
    public const double AllowedGuardDifference = 1e-3;

    /// <summary>What fp16 has to reach: the whole picture, the worst block.</summary>
    public static ImageParity HalfParity { get; } = new(45, 35);

    // A recording is replayed at another moment, and overlapping frames have other buffers: each has its own ways to be wrong.
    private static readonly (CudaGraphUse Graph, LiveMode Mode, bool Standard)[] Ways =
    [
        (CudaGraphUse.Off, LiveMode.Latency, false),
        (CudaGraphUse.On, LiveMode.Latency, false),
        (CudaGraphUse.Off, LiveMode.Throughput, false),
        (CudaGraphUse.Off, LiveMode.Latency, true),
    ];

    /// <summary>Checks a bundle in fp32 and, where it has it, fp16, each in every way that it can run.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="failures">Gets what does not pass.</param>
    public IEnumerable<BundleResult> Run(ModelBundle bundle, List<string> failures)
    {
        (int width, int height) = (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        Frame frame = RandomModels.Street(width, height);
        float[] expected;
        using (LiveSession cpu = new(new StyleBaker(null).Bake(bundle, RandomModels.Texture(bundle), new BakeOptions(width, height))))
        {
            PixelConverter converter = new(FrameGeometry.Create(width, height, width, height, FitPolicy.Exact));
            converter.Prepare(frame.Bgra, cpu.Input);
            if (bundle.ConditioningSpace is { } space)
                new LabelFeed(new LabelInput(space, bundle.Configuration.Stride), width, height).Fill(frame, converter, cpu.Labels);
            cpu.Run();
            expected = [.. cpu.Output];
        }
        foreach (bool half in bundle.Manifest.Half is null ? new[] { false } : [false, true])
        {
            foreach ((CudaGraphUse use, LiveMode mode, bool standard) in Ways)
            {
                string way = $"{(standard ? "standard" : "native")} operators, graph {(use == CudaGraphUse.On ? "on" : "off")}, "
                    + $"{mode.ToString().ToLowerInvariant()} mode";
                string name = $"{bundle.Manifest.Name} {(half ? "fp16" : "fp32")}, {way}";
                BundleResult result;
                try
                {
                    result = Compare(bundle, frame, expected, half, use, mode, standard, way);
                }
                catch (Exception error)
                {
                    // Whatever it is: the other ways are still wanted.
                    failures.Add($"{name}: {(error is EdgeSimException ? error.Message : error)}");
                    continue;
                }
                // Written so that NaN does not pass.
                if (!(half ? result.Psnr >= HalfParity.Psnr && result.WorstBlock >= HalfParity.WorstBlock : result.RelativeL2 <= AllowedRelativeL2))
                    failures.Add(FormattableString.Invariant($"{name}: relative L2 {result.RelativeL2:E1}, {result.Psnr:F1} dB, worst block {result.WorstBlock:F1} dB"));
                if (result.GuardDifference is { } difference && !(difference <= AllowedGuardDifference))
                    failures.Add(FormattableString.Invariant($"{name}: the label guard's likelihoods differ by {difference:E1}"));
                yield return result;
            }
        }
    }

    private BundleResult Compare(ModelBundle bundle, Frame frame, float[] expected, bool half, CudaGraphUse use, LiveMode mode,
        bool standard, string way)
    {
        BakedGraph graph = DeviceGraphs.Bake(bundle, frame.Width, frame.Height, target, half, standard);
        CudaSessionOptions session = new() { Graph = use, TensorFloat32 = false };
        using CudaLiveTranslator translator = new(target.Open(), (stream, record) => target.Network(stream, graph, session, record),
            graph.Labels, FitPolicy.Exact, bundle.Manifest.Name, session, mode);
        // Another picture between two of the same: a replay that kept an old one would be found out.
        Frame other = RandomModels.Street(frame.Width, frame.Height);
        other.Bgra.AsSpan().Reverse();
        translator.Translate(frame, out _);
        translator.Translate(other, out _);
        Frame translated = translator.Translate(frame, out Frame fitted);
        float[] actual = Output(translator);
        ImageParity parity = ImageParity.Of(actual, expected, frame.Width, frame.Height);
        double? guard = bundle.Manifest.Guard is null ? null : GuardDifference(bundle, translator, fitted, translated);
        return new BundleResult(bundle.Manifest.Name, half ? "fp16" : "fp32", way, RelativeError.L2(actual, expected), parity.Psnr,
            parity.WorstBlock, guard);
    }

    private double GuardDifference(ModelBundle bundle, CudaLiveTranslator translator, Frame fitted, Frame translated)
    {
        using CudaLabelGuard device = target.Guard(translator, bundle, GuardPolicy.Report);
        using LabelGuard cpu = new(bundle);
        device.WarmUp();
        device.Prepare(fitted, translated);
        cpu.Prepare(fitted, translated);
        (GuardReading a, GuardReading b) = (device.Read(), cpu.Read());
        return new[] { a.Likelihood - b.Likelihood, a.UntranslatedLikelihood - b.UntranslatedLikelihood, a.MovedLikelihood - b.MovedLikelihood }
            .Max(Math.Abs);
    }

    private static float[] Output(CudaLiveTranslator translator)
    {
        DeviceView output = translator.Network.Output;
        // Copied out bit by bit, whatever the precision.
        int bytes = checked((int)output.Length * (translator.Network.Half ? 2 : 4));
        using PinnedBuffer<byte> host = new(translator.Gpu, bytes);
        translator.Stream.Download(output.Address, host);
        translator.Stream.Synchronize();
        return translator.Network.Half
            ? [.. MemoryMarshal.Cast<byte, Half>(host.Span).ToArray().Select(value => (float)value)]
            : MemoryMarshal.Cast<byte, float>(host.Span).ToArray();
    }
}
