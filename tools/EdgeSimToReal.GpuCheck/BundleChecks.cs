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

    /// <summary>What the guard's measures may differ by, likewise.</summary>
    public const double AllowedGuardDifference = 1e-3;

    /// <summary>By how many of 255 levels a value of a picture that came back may be off: fp32 rounds the other way, fp16 computes so.</summary>
    public const int AllowedLevels = 1;

    /// <inheritdoc cref="AllowedLevels"/>
    public const int AllowedHalfLevels = 16;

    /// <summary>What fp16 has to reach: the whole picture, the worst block.</summary>
    public static ImageParity HalfParity { get; } = new(45, 35);

    // A recording is replayed at another moment, and overlapping frames have other buffers: each has its own ways to be wrong.
    // The last way is the one to compare with, where the device takes native operators.
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
        byte[] picture = new byte[frame.Bgra.Length];
        using (LiveSession cpu = new(new StyleBaker(null).Bake(bundle, RandomModels.Texture(bundle), new BakeOptions(width, height))))
        {
            PixelConverter converter = new(FrameGeometry.Create(width, height, width, height, FitPolicy.Exact));
            converter.Prepare(frame.Bgra, cpu.Input);
            if (bundle.ConditioningSpace is { } space)
                new LabelFeed(new LabelInput(space, bundle.Configuration.Stride), width, height).Fill(frame, converter, cpu.Labels);
            cpu.Run();
            expected = [.. cpu.Output];
            converter.Finish(expected, picture);
        }
        foreach (bool half in bundle.Manifest.Half is null ? new[] { false } : [false, true])
        {
            bool native = target.Form(new BakeOptions(width, height)).Upsampling == UpsamplingForm.CudaTails;
            foreach ((CudaGraphUse use, LiveMode mode, bool standard) in Ways.Where(way => native || !way.Standard))
            {
                string way = $"{(native && !standard ? "native" : "standard")} operators, graph {(use == CudaGraphUse.On ? "on" : "off")}, "
                    + $"{mode.ToString().ToLowerInvariant()} mode";
                string name = $"{bundle.Manifest.Name} {(half ? "fp16" : "fp32")}, {way}";
                BundleResult result;
                try
                {
                    result = Compare(bundle, frame, expected, picture, half, use, mode, standard, way);
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
                if (result.PictureLevels > (half ? AllowedHalfLevels : AllowedLevels))
                    failures.Add($"{name}: a picture that came back is off by {result.PictureLevels} levels");
                if (result.GuardDifference is { } difference && !(difference <= AllowedGuardDifference))
                    failures.Add(FormattableString.Invariant($"{name}: the label guard's measures differ by {difference:E1}"));
                yield return result;
            }
        }
    }

    private BundleResult Compare(ModelBundle bundle, Frame frame, float[] expected, byte[] picture, bool half,
        CudaGraphUse use, LiveMode mode, bool standard, string way)
    {
        BakedGraph graph = DeviceGraphs.Bake(bundle, frame.Width, frame.Height, target, half, standard);
        CudaSessionOptions session = new() { Graph = use, TensorFloat32 = false };
        using CudaLiveTranslator translator = new(target.Open(), (stream, record) => target.Network(stream, graph, session, record),
            graph.Labels, FitPolicy.Exact, bundle.Manifest.Name, session, mode);
        (int levels, Frame fitted, Frame translated) = Pictures(translator, frame, picture);
        float[] actual = Output(translator);
        ImageParity parity = ImageParity.Of(actual, expected, frame.Width, frame.Height);
        double? guard = bundle.Manifest.Guard is null ? null : GuardDifference(bundle, translator, fitted, translated);
        return new BundleResult(bundle.Manifest.Name, half ? "fp16" : "fp32", way, RelativeError.L2(actual, expected), parity.Psnr,
            parity.WorstBlock, levels, guard);
    }

    // Two pictures in turn, as many in flight as the mode allows: what is of another frame, or was kept of an earlier one, shows.
    private static (int Levels, Frame Fitted, Frame Translated) Pictures(CudaLiveTranslator translator, Frame frame, byte[] expected)
    {
        Frame other = RandomModels.Street(frame.Width, frame.Height);
        other.Bgra.AsSpan().Reverse();
        int levels = 0, count = 2 * (translator.Depth + 1);
        (Frame translated, Frame fitted) = (frame, frame);
        for (int submitted = 0, collected = 0; collected < count;)
        {
            if (translator.Depth == 1)
            {
                translated = translator.Translate(submitted++ % 2 == 0 ? other : frame, out fitted);
            }
            else
            {
                for (; submitted < count && submitted - collected < translator.Depth; submitted++)
                    translator.Submit(submitted % 2 == 0 ? other : frame);
                translated = translator.Collect(out fitted);
            }
            if (collected++ % 2 == 1)
                levels = Math.Max(levels, translated.Bgra.Zip(expected, (a, e) => Math.Abs(a - e)).Max());
        }
        return (levels, fitted, translated);
    }

    private double GuardDifference(ModelBundle bundle, CudaLiveTranslator translator, Frame fitted, Frame translated)
    {
        using CudaLabelGuard device = target.Guard(translator, bundle, GuardPolicy.Report);
        using LabelGuard cpu = new(bundle);
        device.WarmUp();
        device.Prepare(fitted, translated);
        cpu.Prepare(fitted, translated);
        (GuardReading a, GuardReading b) = (device.Read(), cpu.Read());
        double[] differences = [a.Likelihood - b.Likelihood, a.UntranslatedLikelihood - b.UntranslatedLikelihood,
            a.MovedLikelihood - b.MovedLikelihood, a.ObjectsKept - b.ObjectsKept];
        // Enumerable's Max would pass over NaN.
        return differences.Aggregate(0.0, (most, difference) => Math.Max(most, Math.Abs(difference)));
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
