using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>The memory of one frame in flight: its way up and down, and the frames that come out.</summary>
/// <remarks>Rented when the first frame tells its size, and again only when the size changes.</remarks>
/// <param name="device">The device.</param>
/// <param name="module">The kernels.</param>
internal sealed class CudaFrameSlot(CudaDevice device, CudaModule module) : IDisposable
{
    private PixelConverter? _cutter; // Not null: everything of a size is there.
    private CudaPixelConverter? _converter;
    private PinnedBuffer<uint>? _hostFrame;
    private PinnedBuffer<uint>? _hostPicture;
    private DeviceBuffer<uint>? _frame;
    private DeviceBuffer<uint>? _picture;
    private Frame? _translated;
    private bool _tags;

    /// <summary>What stays on the CPU: cuts and labels.</summary>
    public PixelConverter Cutter => _cutter!;

    /// <summary>Prepare and finish on the device.</summary>
    public CudaPixelConverter Converter => _converter!;

    /// <summary>The way up.</summary>
    public PinnedBuffer<uint> HostFrame => _hostFrame!;

    /// <summary>The way down.</summary>
    public PinnedBuffer<uint> HostPicture => _hostPicture!;

    /// <summary>The frame on the device.</summary>
    public DeviceBuffer<uint> Frame => _frame!;

    /// <summary>The translated picture on the device.</summary>
    public DeviceBuffer<uint> Picture => _picture!;

    /// <summary>The translated frame.</summary>
    public Frame Translated => _translated!;

    /// <summary>The simulator's frame as the sink sees it, where it can't be the source itself.</summary>
    public Frame? Fitted { get; private set; }

    /// <summary>An event before which <see cref="Frame"/> and <see cref="Picture"/> are not to be written, since another stream reads them.</summary>
    public CudaEvent? Hold { get; set; }

    /// <summary>The slot's memory for others on the device.</summary>
    public CudaFrame OnDevice => new(_cutter!.Geometry, _frame!.View, _picture!.View);

    /// <summary>Makes room for a frame's size.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="network">The network.</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="keep">Whether the sink gets a copy even of frames that are not cut.</param>
    /// <exception cref="Core.EdgeSimException">The size does not work with the policy, or memory runs out.</exception>
    public void Fit(Frame source, ICudaNetwork network, FitPolicy policy, bool keep)
    {
        if (_cutter is not null && _cutter.Geometry.SourceWidth == source.Width && _cutter.Geometry.SourceHeight == source.Height
            && _tags == source.HasTags)
        {
            return;
        }
        FrameGeometry geometry = FrameGeometry.Create(source.Width, source.Height, network.Width, network.Height, policy);
        Hold?.Synchronize();
        Release();
        int pixels = geometry.OutputWidth * geometry.OutputHeight;
        _converter = new CudaPixelConverter(module, geometry, network.Half);
        _hostFrame = new PinnedBuffer<uint>(device, source.PixelCount);
        _frame = new DeviceBuffer<uint>(device, source.PixelCount);
        _hostPicture = new PinnedBuffer<uint>(device, pixels);
        _picture = new DeviceBuffer<uint>(device, pixels);
        _translated = new Frame(geometry.OutputWidth, geometry.OutputHeight);
        bool whole = pixels == source.PixelCount;
        Fitted = whole && !keep ? null : new Frame(geometry.OutputWidth, geometry.OutputHeight, source.HasTags);
        _tags = source.HasTags;
        _cutter = new PixelConverter(geometry);
    }

    /// <summary>Takes over a frame's picture, to be uploaded.</summary>
    /// <param name="source">The frame.</param>
    public void Stage(Frame source) => MemoryMarshal.Cast<byte, uint>(source.Bgra).CopyTo(HostFrame.Span);

    /// <summary>Fills <see cref="Translated"/> from what was downloaded.</summary>
    public void Unload() => HostPicture.Span.CopyTo(MemoryMarshal.Cast<byte, uint>(Translated.Bgra.AsSpan()));

    /// <inheritdoc/>
    public void Dispose() => Release();

    private void Release()
    {
        _cutter = null;
        Hold = null;
        _converter?.Dispose();
        _hostFrame?.Dispose();
        _frame?.Dispose();
        _hostPicture?.Dispose();
        _picture?.Dispose();
    }
}
