using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The embedded PTX on a GPU, by way of the runtime's driver layer.</summary>
internal sealed class CudaKernelDevice : IKernelDevice
{
    private readonly CudaDevice _device;
    private readonly CudaModule _module;
    private readonly CudaStream _stream;

    private readonly Action? _after;

    /// <summary>Takes over a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="after">Done when all is given back.</param>
    public CudaKernelDevice(CudaDevice device, Action? after = null)
    {
        (_device, _after) = (device, after);
        _module = new CudaModule(device, KernelManifest.Embedded);
        _stream = new CudaStream(device);
    }

    /// <summary>The machine's first GPU; skips the test where there is none.</summary>
    public static CudaKernelDevice OpenOrSkip()
    {
        try
        {
            return new CudaKernelDevice(CudaDevice.Open(CudaDriver.Load()));
        }
        catch (EdgeSimException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    public float[] PrepareSingle(FrameGeometry geometry, byte[] frame) => Prepare<float>(geometry, frame, half: false);

    public ushort[] PrepareHalf(FrameGeometry geometry, byte[] frame) => Prepare<ushort>(geometry, frame, half: true);

    public byte[] FinishSingle(FrameGeometry geometry, float[] planes) => Finish(geometry, planes, half: false);

    public byte[] FinishHalf(FrameGeometry geometry, ushort[] planes) => Finish(geometry, planes, half: true);

    public byte[] Remap(byte[] source, byte[] table)
    {
        using DeviceBuffer<byte> from = new(_device, source), through = new(_device, table), to = new(_device, source.Length);
        _module.Kernel<RemapArguments>("Remap").Launch(_stream, source.Length, 1, new RemapArguments(from.View, through.View, to.View));
        return Download(to);
    }

    public byte[] ArgMaxSingle(float[] scores, int classes) => ArgMax(scores, classes, "ArgMaxSingle");

    public byte[] ArgMaxHalf(ushort[] scores, int classes) => ArgMax(scores, classes, "ArgMaxHalf");

    public int[] Confusion(byte[] truth, byte[] prediction, int classes, int[] counts)
    {
        using DeviceBuffer<byte> t = new(_device, truth), p = new(_device, prediction);
        using DeviceBuffer<int> c = new(_device, counts);
        _module.Kernel<ConfusionArguments>("Confusion").Launch(
            _stream, 768, 1, new ConfusionArguments(t.View, p.View, classes, c.View), classes * (classes + 1) * sizeof(int));
        return Download(c);
    }

    public byte[] Overlay(byte[] picture, byte[] ids, uint[] colours, int opacity)
    {
        using DeviceBuffer<uint> from = new(_device, MemoryMarshal.Cast<byte, uint>(picture)), table = new(_device, colours),
            to = new(_device, ids.Length);
        using DeviceBuffer<byte> labels = new(_device, ids);
        _module.Kernel<OverlayArguments>("Overlay").Launch(
            _stream, ids.Length, 1, new OverlayArguments(from.View, labels.View, table.View, opacity, to.View));
        return MemoryMarshal.AsBytes(Download(to).AsSpan()).ToArray();
    }

    public (byte[] Best, float[] LogSum) Classify(float[] logits, int classes)
    {
        int n = logits.Length / classes;
        using DeviceBuffer<float> from = new(_device, logits), sums = new(_device, n);
        using DeviceBuffer<byte> best = new(_device, n);
        _module.Kernel<ClassifyArguments>("Classify").Launch(_stream, n, 1, new(from.View, classes, best.View, sums.View));
        return (Download(best), Download(sums));
    }

    public byte[] MarkChanges(byte[] labels, int width, PixelRectangle picture, int reach)
    {
        using DeviceBuffer<byte> from = new(_device, labels), to = new(_device, labels.Length);
        _module.Kernel<MarkChangesArguments>("MarkChanges").Launch(
            _stream, labels.Length, 1, new(from.View, width, picture.X, picture.Y, picture.Right, picture.Bottom, reach, to.View));
        return Download(to);
    }

    public long[] Likelihood(byte[] labels, byte[] marks, int width, int reach, int classes, int move, float[] logits, float[] logSum,
        long[] sums)
    {
        using DeviceBuffer<byte> l = new(_device, labels), m = new(_device, marks);
        using DeviceBuffer<float> from = new(_device, logits), log = new(_device, logSum);
        using DeviceBuffer<long> to = new(_device, sums);
        _module.Kernel<LikelihoodArguments>("Likelihood").Launch(_stream, 768, 1, new(l.View, m.View, width, reach, classes, move,
            sums.Length / ReadingKernels.Sums, from.View, log.View, to.View), sums.Length * sizeof(long));
        return Download(to);
    }

    public float[] ObjectCells(byte[] labels, int width, int side, int classes, byte[] objects, float[] logits, float[] logSum)
    {
        int count = objects.Length * labels.Length / (side * side);
        using DeviceBuffer<byte> l = new(_device, labels), ids = new(_device, objects);
        using DeviceBuffer<float> from = new(_device, logits), log = new(_device, logSum), to = new(_device, 3 * count);
        _module.Kernel<ObjectCellsArguments>("ObjectCells").Launch(
            _stream, count, 1, new(l.View, width, side, classes, ids.View, from.View, log.View, to.View));
        return Download(to);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _module.Dispose();
        _device.Dispose();
        _after?.Invoke();
    }

    private T[] Prepare<T>(FrameGeometry geometry, byte[] frame, bool half)
        where T : unmanaged
    {
        using CudaPixelConverter converter = new(_module, geometry, half);
        using DeviceBuffer<uint> from = new(_device, MemoryMarshal.Cast<byte, uint>(frame));
        using DeviceBuffer<T> to = new(_device, geometry.NetworkValues);
        converter.Prepare(_stream, from.View, to.View);
        return Download(to);
    }

    private byte[] Finish<T>(FrameGeometry geometry, T[] planes, bool half)
        where T : unmanaged
    {
        using CudaPixelConverter converter = new(_module, geometry, half);
        using DeviceBuffer<T> from = new(_device, planes);
        using DeviceBuffer<uint> to = new(_device, geometry.OutputWidth * geometry.OutputHeight);
        converter.Finish(_stream, from.View, to.View);
        return MemoryMarshal.AsBytes(Download(to).AsSpan()).ToArray();
    }

    private byte[] ArgMax<T>(T[] scores, int classes, string kernel)
        where T : unmanaged
    {
        using DeviceBuffer<T> from = new(_device, scores);
        using DeviceBuffer<byte> to = new(_device, scores.Length / classes);
        _module.Kernel<ArgMaxArguments>(kernel).Launch(_stream, to.Length, 1, new ArgMaxArguments(from.View, classes, to.View));
        return Download(to);
    }

    private T[] Download<T>(DeviceBuffer<T> source)
        where T : unmanaged
    {
        using PinnedBuffer<T> host = new(_device, source.Length);
        _stream.Download(source, host);
        _stream.Synchronize();
        return host.Span.ToArray();
    }
}
