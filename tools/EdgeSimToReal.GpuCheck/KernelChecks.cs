using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Each kernel on one input against the CPU path, and its time.</summary>
/// <param name="module">The kernels.</param>
/// <param name="stream">Where they run.</param>
/// <param name="width">The network's width, a multiple of 64; frames are odd and larger.</param>
/// <param name="height">The network's height.</param>
internal sealed class KernelChecks(CudaModule module, CudaStream stream, int width, int height)
{
    private const int Repeats = 20;
    private const int Classes = 10;

    private readonly CudaDevice _device = stream.Device;
    private readonly Random _random = new(1);
    private readonly List<KernelResult> _results = [];

    /// <summary>Checks them all.</summary>
    public IReadOnlyList<KernelResult> Run()
    {
        FrameGeometry geometry = FrameGeometry.Create(width + 65, height + 35, width, height, FitPolicy.Letterbox);
        Resample(geometry, half: false);
        Resample(geometry, half: true);
        Labels();
        ArgMax();
        Overlay();
        Guard();
        return _results;
    }

    private void Resample(FrameGeometry geometry, bool half)
    {
        byte[] frame = new byte[geometry.SourceBytes], picture = new byte[geometry.OutputBytes];
        _random.NextBytes(frame);
        float[] planes = new float[geometry.NetworkValues];
        PixelConverter cpu = new(geometry);
        cpu.Prepare(frame, planes);
        int size = half ? 2 : 4;
        using CudaPixelConverter converter = new(module, geometry, half);
        using DeviceBuffer<uint> from = new(_device, MemoryMarshal.Cast<byte, uint>(frame)), to = new(_device, picture.Length / 4);
        using DeviceBuffer<byte> network = new(_device, planes.Length * size);
        DeviceView view = new(network.Handle, planes.Length);
        byte[] expected = half ? Bytes(Array.ConvertAll(planes, value => (Half)value)) : Bytes(planes);
        Check(half ? "PrepareHalf" : "PrepareSingle", frame.Length + network.Length,
            () => converter.Prepare(stream, from.View, view), () => Differ(expected, Download(network)));
        if (half)
            planes = Array.ConvertAll(planes, value => (float)(Half)value);
        cpu.Finish(planes, picture);
        Check(half ? "FinishHalf" : "FinishSingle", network.Length + picture.Length,
            () => converter.Finish(stream, view, to.View), () => Differ(picture, Bytes(Download(to))));
    }

    private void Labels()
    {
        int n = width * height;
        byte[] tags = new byte[n], labels = new byte[n], other = new byte[n];
        _random.NextBytes(tags);
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.Common16);
        remap.Apply(tags, labels);
        Array.Copy(labels, 0, other, 3, n - 3);
        ConfusionMatrix matrix = new(LabelSpaces.Common16.Count);
        matrix.Add(labels, other);
        using DeviceBuffer<byte> from = new(_device, tags), table = new(_device, remap.Table), to = new(_device, n), second = new(_device, other);
        CudaKernel<RemapArguments> kernel = module.Kernel<RemapArguments>("Remap");
        Check("Remap", 2 * n, () => kernel.Launch(stream, n, 1, new(from.View, table.View, to.View)), () => Differ(labels, Download(to)));
        int classes = matrix.Classes, cells = classes * (classes + 1);
        using DeviceBuffer<int> counts = new(_device, new int[cells]);
        CudaKernel<ConfusionArguments> confusion = module.Kernel<ConfusionArguments>("Confusion");
        Check("Confusion", 2 * n, () => confusion.Launch(stream, Math.Min(n, 65536), 1, new(to.View, second.View, classes, counts.View),
            cells * sizeof(int)), () => Download(counts).Select((count, i) => Math.Abs((double)count - matrix[i / (classes + 1), i % (classes + 1)])).Max());
    }

    private void ArgMax()
    {
        int n = width * height;
        float[] scores = Logits(n);
        byte[] expected = new byte[n];
        GuardKernels.Classify(scores, Classes, expected, new float[n]);
        using DeviceBuffer<byte> ids = new(_device, n);
        using DeviceBuffer<float> single = new(_device, scores);
        // Scores that fp16 holds, so that both have one answer.
        using DeviceBuffer<Half> half = new(_device, Array.ConvertAll(scores, value => (Half)value));
        foreach ((string name, DeviceView view, int size) in new[] { ("ArgMaxSingle", single.View, 4), ("ArgMaxHalf", half.View, 2) })
        {
            CudaKernel<ArgMaxArguments> kernel = module.Kernel<ArgMaxArguments>(name);
            Check(name, (size * Classes * n) + n, () => kernel.Launch(stream, n, 1, new(view, Classes, ids.View)), () => Differ(expected, Download(ids)));
        }
    }

    private void Overlay()
    {
        int n = width * height;
        byte[] picture = new byte[4 * n], ids = new byte[n], expected = new byte[4 * n];
        _random.NextBytes(picture);
        _random.NextBytes(ids);
        uint[] colours = [.. Enumerable.Range(0, 256).Select(_ => (uint)_random.NextInt64(1L << 32) | 0xFF000000u)];
        const int opacity = 100;
        for (int i = 0; i < n; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                uint colour = (colours[ids[i]] >> (8 * c)) & 255;
                expected[(4 * i) + c] = (byte)(((picture[(4 * i) + c] * (256u - opacity)) + (colour * opacity) + 128) >> 8);
            }
            expected[(4 * i) + 3] = 255;
        }
        using DeviceBuffer<uint> from = new(_device, MemoryMarshal.Cast<byte, uint>(picture)), table = new(_device, colours), to = new(_device, n);
        using DeviceBuffer<byte> labels = new(_device, ids);
        CudaKernel<OverlayArguments> kernel = module.Kernel<OverlayArguments>("Overlay");
        Check("Overlay", 9 * n, () => kernel.Launch(stream, n, 1, new(from.View, labels.View, table.View, opacity, to.View)),
            () => Differ(expected, Bytes(Download(to))));
    }

    private void Guard()
    {
        int n = width * height;
        float[] logits = Logits(n), logSum = new float[n];
        byte[] best = new byte[n], labels = new byte[n];
        GuardKernels.Classify(logits, Classes, best, logSum);
        for (int i = 0; i < n; i++)
            labels[i] = (byte)(((i % width / 37) + (i / width / 23)) % (Classes + 1));
        int[] points = new int[n];
        int count = GuardKernels.ListBoundaries(labels, width, new PixelRectangle(0, 0, width, height), Classes, LabelGuard.Reach, new byte[n], new int[width], points);
        using DeviceBuffer<float> from = new(_device, logits), sums = new(_device, n);
        using DeviceBuffer<byte> ids = new(_device, n), map = new(_device, labels), marks = new(_device, n);
        CudaKernel<ClassifyArguments> classify = module.Kernel<ClassifyArguments>("Classify");
        Check("Classify", (4 * Classes * n) + (5 * n), () => classify.Launch(stream, n, 1, new(from.View, Classes, ids.View, sums.View)),
            () => Math.Max(Differ(best, Download(ids)), Differ(logSum, Download(sums))), 1e-5);
        CudaKernel<MarkChangesArguments> mark = module.Kernel<MarkChangesArguments>("MarkChanges");
        Check("MarkChanges", 2 * n, () => mark.Launch(stream, n, 1, new(map.View, width, 0, 0, width, height, LabelGuard.Reach, marks.View)), () =>
        {
            byte[] rows = Download(marks);
            int near = Enumerable.Range(0, n).Count(i => labels[i] < Classes && Enumerable.Range((i / width) - LabelGuard.Reach + 1, (2 * LabelGuard.Reach) - 1)
                .Any(y => y >= 0 && y < height && rows[(y * width) + (i % width)] != 0));
            return Math.Abs(near - count);
        });
        using DeviceBuffer<long> likelihoods = new(_device, new long[3]);
        CudaKernel<LikelihoodArguments> likelihood = module.Kernel<LikelihoodArguments>("Likelihood");
        Check("Likelihood", 2 * n, () => likelihood.Launch(stream, Math.Min(n, 65536), 1, new(map.View, marks.View, width, LabelGuard.Reach,
            Classes, LabelGuard.Move, 1, from.View, sums.View, likelihoods.View), 3 * sizeof(long)), () =>
        {
            long[] result = Download(likelihoods);
            double expected = GuardKernels.MeanLogLikelihood(points.AsSpan(0, count), labels, width, 0, 0, logits, logSum);
            return Math.Abs((result[0] / (double)(1 << 24) / result[1]) - expected) + result[2];
        }, 1e-6);
        byte[] objects = [Classes - 2, Classes - 1];
        ObjectCell[] cells = new ObjectCell[objects.Length * ObjectCells.Count(width, height)];
        ObjectCells.Measure(labels, width, Classes, objects, logits, logSum, cells);
        using DeviceBuffer<byte> looked = new(_device, objects);
        using DeviceBuffer<float> found = new(_device, 3 * cells.Length);
        CudaKernel<ObjectCellsArguments> objectCells = module.Kernel<ObjectCellsArguments>("ObjectCells");
        Check("ObjectCells", 10 * n, () => objectCells.Launch(stream, cells.Length, 1, new(map.View, width, ObjectCells.Side, Classes,
            looked.View, from.View, sums.View, found.View)), () => Differ(MemoryMarshal.Cast<ObjectCell, float>(cells).ToArray(), Download(found)), 1e-4);
    }

    private void Check(string kernel, long bytes, Action launch, Func<double> difference, double allowed = 0)
    {
        launch();
        stream.Synchronize();
        double found = difference();
        double milliseconds = DeviceTime.Median(stream, launch, Repeats);
        _results.Add(new KernelResult(kernel, found, allowed, milliseconds, bytes / milliseconds / 1e6));
    }

    // Multiples of 1/8 up to 16, apart within a pixel: the same in fp16.
    private float[] Logits(int n)
    {
        float[] values = new float[Classes * n];
        for (int i = 0; i < n; i++)
        {
            int start = _random.Next(100);
            for (int c = 0; c < Classes; c++)
                values[(c * n) + i] = (((start + (c * 7)) % 128) - 64) / 8f;
        }
        return values;
    }

    private T[] Download<T>(DeviceBuffer<T> source)
        where T : unmanaged
    {
        using PinnedBuffer<T> host = new(_device, source.Length);
        stream.Download(source, host);
        stream.Synchronize();
        return host.Span.ToArray();
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static double Differ(byte[] expected, byte[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();

    private static double Differ(float[] expected, float[] actual) => expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max();
}
