using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Frames to the network and back on a device: the twin of <see cref="PixelConverter"/>, with the same bits.</summary>
/// <remarks>Tables are made once; a call queues one kernel and allocates nothing.</remarks>
internal sealed class CudaPixelConverter : IDisposable
{
    private readonly List<DeviceAxis> _axes = [];
    private readonly CudaKernel<ResampleArguments> _prepare;
    private readonly CudaKernel<ResampleArguments> _finish;

    /// <summary>Makes the tables of a geometry.</summary>
    /// <param name="module">The kernels; their device's context must be this thread's.</param>
    /// <param name="geometry">What goes where.</param>
    /// <param name="half">Whether the network takes and gives fp16 rather than fp32.</param>
    /// <exception cref="EdgeSimException">The device has no memory left, or refuses.</exception>
    public CudaPixelConverter(CudaModule module, FrameGeometry geometry, bool half)
    {
        Geometry = geometry;
        _prepare = module.Kernel<ResampleArguments>(half ? "PrepareHalf" : "PrepareSingle");
        _finish = module.Kernel<ResampleArguments>(half ? "FinishHalf" : "FinishSingle");
        (ResampleAxis prepareColumns, ResampleAxis prepareRows) = geometry.PrepareAxes();
        (ResampleAxis finishColumns, ResampleAxis finishRows) = geometry.FinishAxes();
        try
        {
            foreach (ResampleAxis axis in new[] { prepareColumns, prepareRows, finishColumns, finishRows })
                _axes.Add(new DeviceAxis(module.Device, axis));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What goes where.</summary>
    public FrameGeometry Geometry { get; }

    /// <summary>Queues the way of a frame to the network's input.</summary>
    /// <param name="stream">Where it queues up.</param>
    /// <param name="frame">The frame as pixels B, G, R, A from the lowest byte, [SourceHeight, SourceWidth].</param>
    /// <param name="planes">The network's input, fp32 or fp16, [3, NetworkHeight, NetworkWidth]; written entirely.</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Prepare(CudaStream stream, DeviceView frame, DeviceView planes)
    {
        CheckLength(frame.Length, Geometry.SourceWidth * Geometry.SourceHeight, nameof(frame));
        CheckLength(planes.Length, Geometry.NetworkValues, nameof(planes));
        ResampleArguments arguments = Arguments(frame, Geometry.SourceWidth, _axes[0], _axes[1], planes);
        _prepare.Launch(stream, Geometry.NetworkWidth, Geometry.NetworkHeight, arguments);
    }

    /// <summary>Queues the way of the network's output to a picture.</summary>
    /// <param name="stream">Where it queues up.</param>
    /// <param name="planes">The network's output, fp32 or fp16, [3, NetworkHeight, NetworkWidth].</param>
    /// <param name="picture">The picture as pixels B, G, R, A from the lowest byte, [OutputHeight, OutputWidth]; written entirely.</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Finish(CudaStream stream, DeviceView planes, DeviceView picture)
    {
        CheckLength(planes.Length, Geometry.NetworkValues, nameof(planes));
        CheckLength(picture.Length, Geometry.OutputWidth * Geometry.OutputHeight, nameof(picture));
        ResampleArguments arguments = Arguments(planes, Geometry.NetworkWidth, _axes[2], _axes[3], picture);
        _finish.Launch(stream, Geometry.OutputWidth, Geometry.OutputHeight, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceAxis axis in _axes)
            axis.Dispose();
    }

    private static ResampleArguments Arguments(DeviceView source, int sourceWidth, DeviceAxis x, DeviceAxis y, DeviceView target) =>
        new(source, sourceWidth, x.Start.View, x.Weights.View, x.Taps, y.Start.View, y.Weights.View, y.Taps, target);

    private static void CheckLength(long length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"The buffer holds {length} elements; the geometry asks for {expected}.", name);
    }
}
