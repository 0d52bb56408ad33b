using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Pixels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The kernels on ILGPU's CPU accelerator, in groups of a few threads with barriers, atomics and shared memory.</summary>
internal sealed class CpuAcceleratorDevice : IKernelDevice
{
    // The accelerator simulates a multiprocessor of 16 threads.
    private const int Side = 4;
    private const int Group = 16;

    private readonly Context _context;
    private readonly Accelerator _accelerator;

    public CpuAcceleratorDevice()
    {
        _context = Context.Create(builder => PtxCompiler.Configure(builder).CPU());
        _accelerator = _context.CreateCPUAccelerator(0);
    }

    public float[] PrepareSingle(FrameGeometry geometry, byte[] frame) => Resample<uint, float>(geometry.PrepareAxes(), Pixels(frame),
        geometry.SourceWidth, geometry.NetworkValues, FrameKernels.PrepareSingle);

    public ushort[] PrepareHalf(FrameGeometry geometry, byte[] frame) => Resample<uint, ushort>(geometry.PrepareAxes(), Pixels(frame),
        geometry.SourceWidth, geometry.NetworkValues, FrameKernels.PrepareHalf);

    public byte[] FinishSingle(FrameGeometry geometry, float[] planes) => Bytes(Resample<float, uint>(geometry.FinishAxes(), planes,
        geometry.NetworkWidth, geometry.OutputWidth * geometry.OutputHeight, FrameKernels.FinishSingle));

    public byte[] FinishHalf(FrameGeometry geometry, ushort[] planes) => Bytes(Resample<ushort, uint>(geometry.FinishAxes(), planes,
        geometry.NetworkWidth, geometry.OutputWidth * geometry.OutputHeight, FrameKernels.FinishHalf));

    public byte[] Remap(byte[] source, byte[] table)
    {
        using MemoryBuffer1D<byte, Stride1D.Dense> from = _accelerator.Allocate1D(source), through = _accelerator.Allocate1D(table),
            to = _accelerator.Allocate1D<byte>(source.Length);
        _accelerator.LoadStreamKernel<ArrayView<byte>, ArrayView<byte>, ArrayView<byte>>(LabelKernels.Remap)(
            List(source.Length), from.View, through.View, to.View);
        return to.GetAsArray1D();
    }

    public byte[] ArgMaxSingle(float[] scores, int classes) => ArgMax<float>(scores, classes, LabelKernels.ArgMaxSingle);

    public byte[] ArgMaxHalf(ushort[] scores, int classes) => ArgMax<ushort>(scores, classes, LabelKernels.ArgMaxHalf);

    public int[] Confusion(byte[] truth, byte[] prediction, int classes, int[] counts)
    {
        using MemoryBuffer1D<byte, Stride1D.Dense> t = _accelerator.Allocate1D(truth), p = _accelerator.Allocate1D(prediction);
        using MemoryBuffer1D<int, Stride1D.Dense> c = _accelerator.Allocate1D(counts);
        // Three groups whatever the size, so that each counts many pixels and all add to the same cells.
        KernelConfig launch = new(3, Group, SharedMemoryConfig.RequestDynamic<int>(classes * (classes + 1)));
        _accelerator.LoadStreamKernel<ArrayView<byte>, ArrayView<byte>, int, ArrayView<int>>(LabelKernels.Confusion)(
            launch, t.View, p.View, classes, c.View);
        return c.GetAsArray1D();
    }

    public byte[] Overlay(byte[] picture, byte[] ids, uint[] colours, int opacity)
    {
        using MemoryBuffer1D<uint, Stride1D.Dense> from = _accelerator.Allocate1D(Pixels(picture)),
            table = _accelerator.Allocate1D(colours), to = _accelerator.Allocate1D<uint>(ids.Length);
        using MemoryBuffer1D<byte, Stride1D.Dense> labels = _accelerator.Allocate1D(ids);
        _accelerator.LoadStreamKernel<ArrayView<uint>, ArrayView<byte>, ArrayView<uint>, int, ArrayView<uint>>(LabelKernels.Overlay)(
            List(ids.Length), from.View, labels.View, table.View, opacity, to.View);
        return Bytes(to.GetAsArray1D());
    }

    public (byte[] Best, float[] LogSum) Classify(float[] logits, int classes)
    {
        int n = logits.Length / classes;
        using MemoryBuffer1D<float, Stride1D.Dense> from = _accelerator.Allocate1D(logits), sums = _accelerator.Allocate1D<float>(n);
        using MemoryBuffer1D<byte, Stride1D.Dense> best = _accelerator.Allocate1D<byte>(n);
        _accelerator.LoadStreamKernel<ArrayView<float>, int, ArrayView<byte>, ArrayView<float>>(ReadingKernels.Classify)(
            List(n), from.View, classes, best.View, sums.View);
        return (best.GetAsArray1D(), sums.GetAsArray1D());
    }

    public byte[] MarkChanges(byte[] labels, int width, PixelRectangle picture, int reach)
    {
        using MemoryBuffer1D<byte, Stride1D.Dense> from = _accelerator.Allocate1D(labels), to = _accelerator.Allocate1D<byte>(labels.Length);
        _accelerator.LoadStreamKernel<ArrayView<byte>, int, int, int, int, int, int, ArrayView<byte>>(ReadingKernels.MarkChanges)(
            List(labels.Length), from.View, width, picture.X, picture.Y, picture.Right, picture.Bottom, reach, to.View);
        return to.GetAsArray1D();
    }

    public long[] Likelihood(byte[] labels, byte[] marks, int width, int reach, int classes, int move, float[] logits, float[] logSum,
        long[] sums)
    {
        using MemoryBuffer1D<byte, Stride1D.Dense> l = _accelerator.Allocate1D(labels), m = _accelerator.Allocate1D(marks);
        using MemoryBuffer1D<float, Stride1D.Dense> from = _accelerator.Allocate1D(logits), log = _accelerator.Allocate1D(logSum);
        using MemoryBuffer1D<long, Stride1D.Dense> to = _accelerator.Allocate1D(sums);
        // Three groups whatever the size, so that each counts many pixels and all add to the same sums.
        KernelConfig launch = new(3, Group, SharedMemoryConfig.RequestDynamic<long>(sums.Length));
        _accelerator.LoadStreamKernel<ArrayView<byte>, ArrayView<byte>, int, int, int, int, int, ArrayView<float>, ArrayView<float>,
            ArrayView<long>>(ReadingKernels.Likelihood)(
            launch, l.View, m.View, width, reach, classes, move, sums.Length / ReadingKernels.Sums, from.View, log.View, to.View);
        return to.GetAsArray1D();
    }

    public float[] ObjectCells(byte[] labels, int width, int side, int classes, byte[] objects, float[] logits, float[] logSum)
    {
        int count = objects.Length * labels.Length / (side * side);
        using MemoryBuffer1D<byte, Stride1D.Dense> l = _accelerator.Allocate1D(labels), ids = _accelerator.Allocate1D(objects);
        using MemoryBuffer1D<float, Stride1D.Dense> from = _accelerator.Allocate1D(logits), log = _accelerator.Allocate1D(logSum),
            to = _accelerator.Allocate1D<float>(3 * count);
        _accelerator.LoadStreamKernel<ArrayView<byte>, int, int, int, ArrayView<byte>, ArrayView<float>, ArrayView<float>, ArrayView<float>>(
            ReadingKernels.ObjectCells)(List(count), l.View, width, side, classes, ids.View, from.View, log.View, to.View);
        return to.GetAsArray1D();
    }

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private byte[] ArgMax<T>(T[] scores, int classes, Action<ArrayView<T>, int, ArrayView<byte>> kernel)
        where T : unmanaged
    {
        int n = scores.Length / classes;
        using MemoryBuffer1D<T, Stride1D.Dense> from = _accelerator.Allocate1D(scores);
        using MemoryBuffer1D<byte, Stride1D.Dense> to = _accelerator.Allocate1D<byte>(n);
        _accelerator.LoadStreamKernel(kernel)(List(n), from.View, classes, to.View);
        return to.GetAsArray1D();
    }

    /// <summary>One of the four kernels that resample, on tables.</summary>
    public TTarget[] Resample<TSource, TTarget>(TSource[] source, int sourceWidth, int[] columns, float[] columnWeights, int columnTaps,
        int[] rows, float[] rowWeights, int rowTaps, int count,
        Action<ArrayView<TSource>, int, ArrayView<int>, ArrayView<float>, int, ArrayView<int>, ArrayView<float>, int,
            ArrayView<TTarget>> kernel)
        where TSource : unmanaged
        where TTarget : unmanaged
    {
        using MemoryBuffer1D<TSource, Stride1D.Dense> from = _accelerator.Allocate1D(source);
        using MemoryBuffer1D<int, Stride1D.Dense> x = _accelerator.Allocate1D(columns), y = _accelerator.Allocate1D(rows);
        using MemoryBuffer1D<float, Stride1D.Dense> u = _accelerator.Allocate1D(columnWeights), v = _accelerator.Allocate1D(rowWeights);
        using MemoryBuffer1D<TTarget, Stride1D.Dense> to = _accelerator.Allocate1D<TTarget>(count);
        KernelConfig launch = new(new Index2D(Groups(columns.Length, Side), Groups(rows.Length, Side)), new Index2D(Side, Side));
        _accelerator.LoadStreamKernel(kernel)(
            launch, from.View, sourceWidth, x.View, u.View, columnTaps, y.View, v.View, rowTaps, to.View);
        return to.GetAsArray1D();
    }

    private TTarget[] Resample<TSource, TTarget>((ResampleAxis Columns, ResampleAxis Rows) axes, TSource[] source, int sourceWidth,
        int count,
        Action<ArrayView<TSource>, int, ArrayView<int>, ArrayView<float>, int, ArrayView<int>, ArrayView<float>, int,
            ArrayView<TTarget>> kernel)
        where TSource : unmanaged
        where TTarget : unmanaged =>
        Resample(source, sourceWidth, axes.Columns.Start, axes.Columns.Weights, axes.Columns.Taps, axes.Rows.Start, axes.Rows.Weights,
            axes.Rows.Taps, count, kernel);

    private static KernelConfig List(int length) => new(Groups(length, Group), Group);

    private static int Groups(int length, int group) => (length + group - 1) / group;

    private static uint[] Pixels(byte[] bytes) => MemoryMarshal.Cast<byte, uint>(bytes).ToArray();

    private static byte[] Bytes(uint[] pixels) => MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();
}
