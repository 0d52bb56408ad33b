using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>The way of a frame's two pictures and its tags to the guard's size, on a device.</summary>
/// <remarks>
/// The simulator's picture lies on the device whole, also where the sink gets a part of it: its tables start where that part does.
/// </remarks>
internal sealed class CudaGuardPictures : IDisposable
{
    private readonly List<DeviceAxis> _axes = [];
    private readonly FrameGeometry _live;
    private readonly FrameGeometry _guard;

    /// <summary>Makes the tables of a geometry.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="live">The frame's way through the translating network.</param>
    /// <param name="width">The guard's width.</param>
    /// <param name="height">The guard's height.</param>
    /// <exception cref="Core.EdgeSimException">The device has no memory left.</exception>
    public CudaGuardPictures(CudaDevice device, FrameGeometry live, int width, int height)
    {
        _live = live;
        _guard = FrameGeometry.Create(live.OutputWidth, live.OutputHeight, width, height, FitPolicy.Letterbox);
        Tags = new PixelConverter(_guard);
        (ResampleAxis columns, ResampleAxis rows) = _guard.PrepareAxes();
        PixelRectangle part = live.SourceRectangle;
        try
        {
            foreach (ResampleAxis axis in new[] { columns, rows, columns.Place(part.X, 0, width), rows.Place(part.Y, 0, height) })
                _axes.Add(new DeviceAxis(device, axis));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The way of the tags, which are small and lie on the host.</summary>
    public PixelConverter Tags { get; }

    /// <summary>Where the pictures lie in the guard's.</summary>
    public PixelRectangle Picture => _guard.NetworkRectangle;

    /// <summary>Whether frames of a geometry take this way.</summary>
    /// <param name="live">The frame's way through the translating network.</param>
    public bool Suits(FrameGeometry live) => live.SourceWidth == _live.SourceWidth && live.SourceHeight == _live.SourceHeight
        && live.SourceRectangle == _live.SourceRectangle;

    /// <summary>Queues the way of both pictures.</summary>
    /// <param name="prepare">The kernel.</param>
    /// <param name="stream">Where it queues up.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="translated">Planes of the translated picture, [3, height, width].</param>
    /// <param name="untranslated">Planes of the simulator's picture.</param>
    public void Prepare(CudaKernel<ResampleArguments> prepare, CudaStream stream, CudaFrame frame, DeviceView translated,
        DeviceView untranslated)
    {
        Launch(frame.Picture, _live.OutputWidth, _axes[0], _axes[1], translated);
        Launch(frame.Frame, _live.SourceWidth, _axes[2], _axes[3], untranslated);

        void Launch(DeviceView source, int width, DeviceAxis x, DeviceAxis y, DeviceView planes) => prepare.Launch(stream,
            _guard.NetworkWidth, _guard.NetworkHeight, new ResampleArguments(source, width, x.Start.View, x.Weights.View, x.Taps,
                y.Start.View, y.Weights.View, y.Taps, planes));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceAxis axis in _axes)
            axis.Dispose();
    }
}
