using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Translates frames on a GPU: one upload, prepare, infer and finish on the device in one stream, one download.</summary>
/// <remarks>
/// One frame in flight. Work only queues up on the device, so <see cref="FrameStamps.Prepared"/> and <see cref="FrameStamps.Inferred"/>
/// tell when it was queued; <see cref="FrameStamps.Finished"/> is when all of it was done. Pixels have the bits of the CPU's converter.
/// </remarks>
public sealed class CudaLiveTranslator : IFrameTranslator
{
    private readonly FitPolicy _policy;
    private readonly CudaDevice _device;
    private readonly CudaModule? _module;
    private readonly CudaStream? _stream;
    private readonly ICudaNetwork? _network;
    private readonly LabelFeed? _labels;
    private readonly PinnedBuffer<float>? _hostLabels;
    private CudaPixelConverter? _converter;
    private PinnedBuffer<uint>? _hostFrame;
    private PinnedBuffer<uint>? _hostPicture;
    private DeviceBuffer<uint>? _frame;
    private DeviceBuffer<uint>? _picture;
    private PixelConverter? _cutter; // For what stays on the CPU: cuts and labels. Not null: everything of a size is there.
    private Frame? _translated;
    private Frame? _cut;

    /// <summary>Loads a live graph on the machine's first GPU.</summary>
    /// <param name="graph">The baked graph, of a form for a GPU (<see cref="BakeOptions.ForCuda"/>).</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="description">The model and texture, for reports.</param>
    /// <param name="options">How ONNX Runtime computes; null: the defaults.</param>
    /// <exception cref="Core.EdgeSimException">There is no GPU, its memory runs out, or ONNX Runtime refuses the graph.</exception>
    public CudaLiveTranslator(BakedGraph graph, FitPolicy policy, string description, CudaSessionOptions? options = null)
        : this(CudaDevice.Open(CudaDriver.Load()), stream => new CudaLiveSession(stream, graph, options ?? new CudaSessionOptions()),
            graph.Labels, policy, description)
    {
    }

    /// <summary>Takes over a device and a network on it.</summary>
    /// <param name="device">The device; disposed in the end.</param>
    /// <param name="load">Makes the network, which computes on the stream; disposed in the end.</param>
    /// <param name="labels">The label map that the network takes; null where it takes none.</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="description">The model and texture, for reports.</param>
    internal CudaLiveTranslator(CudaDevice device, Func<CudaStream, ICudaNetwork> load, LabelInput? labels, FitPolicy policy,
        string description)
    {
        (_device, _policy, Description) = (device, policy, description);
        try
        {
            _module = new CudaModule(device, KernelManifest.Embedded);
            _stream = new CudaStream(device);
            _network = load(_stream);
            if (labels is null)
                return;
            _labels = new LabelFeed(labels, _network.Width, _network.Height);
            _hostLabels = new PinnedBuffer<float>(device, _network.Labels!.Length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool NeedsTags => _labels is not null;

    /// <inheritdoc/>
    /// <exception cref="Core.EdgeSimException">
    /// The frame's size does not work with the fit policy, it lacks the tags that are needed, or the GPU failed.
    /// </exception>
    public Frame Translate(Frame source, out Frame fitted)
    {
        // Frames may come on another thread than the one that loaded the graph.
        _device.MakeCurrent();
        if (_cutter is null || _cutter.Geometry.SourceWidth != source.Width || _cutter.Geometry.SourceHeight != source.Height
            || (_cut is not null && _cut.HasTags != source.HasTags))
        {
            Fit(source);
        }
        (CudaStream stream, ICudaNetwork network) = (_stream!, _network!);
        MemoryMarshal.Cast<byte, uint>(source.Bgra).CopyTo(_hostFrame!.Span);
        stream.Upload(_hostFrame, _frame!);
        _converter!.Prepare(stream, _frame!.View, network.Input.View);
        if (_labels is not null)
        {
            _labels.Fill(source, _cutter!, _hostLabels!.Span);
            stream.Upload(_hostLabels, network.Labels!);
        }
        source.Stamps.Prepared = FrameStamps.Now;
        network.Run();
        source.Stamps.Inferred = FrameStamps.Now;
        _converter.Finish(stream, network.Output.View, _picture!.View);
        stream.Download(_picture, _hostPicture!);
        stream.Synchronize();
        Frame translated = _translated!;
        _hostPicture!.Span.CopyTo(MemoryMarshal.Cast<byte, uint>(translated.Bgra.AsSpan()));
        source.Stamps.Finished = FrameStamps.Now;
        translated.CopyIdentityFrom(source);
        fitted = _cut is null ? source : LiveTranslator.Cut(_cutter!, source, _cut);
        return translated;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReleaseFit();
        _hostLabels?.Dispose();
        // ONNX Runtime works on the stream until its session is gone.
        _network?.Dispose();
        _stream?.Dispose();
        _module?.Dispose();
        _device.Dispose();
    }

    private void Fit(Frame source)
    {
        FrameGeometry geometry = FrameGeometry.Create(source.Width, source.Height, _network!.Width, _network.Height, _policy);
        ReleaseFit();
        _converter = new CudaPixelConverter(_module!, geometry, half: false);
        _hostFrame = new PinnedBuffer<uint>(_device, source.PixelCount);
        _frame = new DeviceBuffer<uint>(_device, source.PixelCount);
        _hostPicture = new PinnedBuffer<uint>(_device, geometry.OutputWidth * geometry.OutputHeight);
        _picture = new DeviceBuffer<uint>(_device, geometry.OutputWidth * geometry.OutputHeight);
        _translated = new Frame(geometry.OutputWidth, geometry.OutputHeight);
        bool whole = geometry.OutputWidth == source.Width && geometry.OutputHeight == source.Height;
        _cut = whole ? null : new Frame(geometry.OutputWidth, geometry.OutputHeight, source.HasTags);
        _cutter = new PixelConverter(geometry);
    }

    private void ReleaseFit()
    {
        _cutter = null;
        _converter?.Dispose();
        _hostFrame?.Dispose();
        _frame?.Dispose();
        _hostPicture?.Dispose();
        _picture?.Dispose();
    }
}
