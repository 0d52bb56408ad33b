using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Translates frames on a GPU: one upload, prepare, infer and finish on the device, one download.</summary>
/// <remarks>
/// Work only queues up on the device, so <see cref="FrameStamps.Prepared"/> and <see cref="FrameStamps.Inferred"/> tell when it was
/// queued; <see cref="FrameStamps.Finished"/> is when all of it was done. Pixels have the bits of the CPU's converter. With
/// <see cref="LiveMode.Latency"/> all of a frame runs in one stream, which the frame waits for.
/// </remarks>
public sealed partial class CudaLiveTranslator : IPipelinedTranslator
{
    private readonly FitPolicy _policy;
    private readonly LiveMode _mode;
    private readonly CudaDevice _device;
    private readonly CudaModule? _module;
    private readonly CudaStream? _stream;
    private readonly ICudaNetwork? _network;
    private readonly LabelFeed? _labels;
    private readonly PinnedBuffer<float>? _hostLabels;
    private readonly CudaFrameSlot? _slot;

    /// <summary>Loads a live graph on the machine's first GPU.</summary>
    /// <param name="graph">The baked graph, of a form for a GPU (<see cref="BakeOptions.ForCuda(CudaSessionOptions)"/>).</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="description">The model and texture, for reports.</param>
    /// <param name="options">How ONNX Runtime computes; null: the defaults.</param>
    /// <param name="mode">Whether frames overlap.</param>
    /// <exception cref="EdgeSimException">There is no GPU, its memory runs out, or ONNX Runtime refuses the graph.</exception>
    public CudaLiveTranslator(BakedGraph graph, FitPolicy policy, string description, CudaSessionOptions? options = null,
        LiveMode mode = LiveMode.Latency)
        : this(CudaDevice.Open(CudaDriver.Load()),
            (stream, record) => new CudaLiveSession(stream, graph, options ?? new CudaSessionOptions(), record),
            graph.Labels, policy, description, options ?? new CudaSessionOptions(), mode)
    {
    }

    /// <summary>Takes over a device and a network on it.</summary>
    /// <param name="device">The device; disposed in the end.</param>
    /// <param name="load">Makes the network, which computes on the stream, recorded or not; disposed in the end.</param>
    /// <param name="labels">The label map that the network takes; null where it takes none.</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="description">The model and texture, for reports.</param>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <param name="mode">Whether frames overlap.</param>
    internal CudaLiveTranslator(CudaDevice device, Func<CudaStream, bool, ICudaNetwork> load, LabelInput? labels, FitPolicy policy,
        string description, CudaSessionOptions options, LiveMode mode)
    {
        (_device, _policy, _mode, Description, Options) = (device, policy, mode, description, options);
        try
        {
            _module = new CudaModule(device, KernelManifest.Embedded);
            (_stream, _network, Recorded, string note) = Load(load);
            Device = $"{device}, {mode.ToString().ToLowerInvariant()} mode, {_network.Precision.ToString().ToLowerInvariant()}, "
                + $"{options.Describe(Recorded)}{note}";
            if (labels is not null)
                _labels = new LabelFeed(labels, _network.Width, _network.Height);
            if (mode == LiveMode.Throughput)
            {
                OpenPipeline();
                return;
            }
            _slot = new CudaFrameSlot(device, _module);
            if (labels is not null)
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
    public string Device { get; } = "";

    /// <inheritdoc/>
    public bool NeedsTags => _labels is not null;

    /// <summary>How ONNX Runtime computes.</summary>
    internal CudaSessionOptions Options { get; }

    /// <summary>Whether the network is recorded as a CUDA graph.</summary>
    internal bool Recorded { get; }

    /// <summary>The device.</summary>
    internal CudaDevice Gpu => _device;

    /// <summary>The kernels.</summary>
    internal CudaModule Module => _module!;

    /// <summary>The network.</summary>
    internal ICudaNetwork Network => _network!;

    /// <summary>The stream of all computing.</summary>
    internal CudaStream Stream => _stream!;

    /// <summary>The frame that came out last, on the device; it stays as it is until its slot's turn comes again.</summary>
    internal CudaFrame LastFrame => LastSlot.OnDevice;

    private CudaFrameSlot LastSlot => _slot ?? _pipeline![(int)((_collected - 1) % Slots)].Slot;

    /// <inheritdoc/>
    /// <exception cref="EdgeSimException">
    /// The frame's size does not work with the fit policy, it lacks the tags that are needed, or the GPU failed.
    /// </exception>
    public Frame Translate(Frame source, out Frame fitted)
    {
        if (_mode == LiveMode.Throughput)
            return TranslateAlone(source, out fitted);
        // Frames may come on another thread than the one that loaded the graph.
        _device.MakeCurrent();
        (CudaStream stream, ICudaNetwork network, CudaFrameSlot slot) = (_stream!, _network!, _slot!);
        slot.Fit(source, network, _policy, keep: false);
        slot.Stage(source);
        Release(slot, stream);
        stream.Upload(slot.HostFrame, slot.Frame);
        slot.Converter.Prepare(stream, slot.Frame.View, network.Input);
        if (_labels is not null)
        {
            _labels.Fill(source, slot.Cutter, _hostLabels!.Span);
            stream.Upload(_hostLabels, network.Labels!);
        }
        source.Stamps.Prepared = FrameStamps.Now;
        network.Run();
        source.Stamps.Inferred = FrameStamps.Now;
        slot.Converter.Finish(stream, network.Output, slot.Picture.View);
        stream.Download(slot.Picture, slot.HostPicture);
        stream.Synchronize();
        slot.Unload();
        source.Stamps.Finished = FrameStamps.Now;
        slot.Translated.CopyIdentityFrom(source);
        fitted = slot.Fitted is null ? source : LiveTranslator.Cut(slot.Cutter, source, slot.Fitted);
        return slot.Translated;
    }

    /// <summary>Keeps the memory of <see cref="LastFrame"/> as it is until an event of another stream is past.</summary>
    /// <param name="read">The event after the last reading of it.</param>
    internal void Hold(CudaEvent read) => LastSlot.Hold = read;

    /// <inheritdoc/>
    public void Dispose()
    {
        // What was submitted and never collected.
        _device.Drain();
        ClosePipeline();
        _slot?.Dispose();
        _hostLabels?.Dispose();
        // ONNX Runtime works on the stream until its session is gone.
        _network?.Dispose();
        _stream?.Dispose();
        _module?.Dispose();
        _device.Dispose();
    }

    private static void Release(CudaFrameSlot slot, CudaStream stream)
    {
        if (slot.Hold is not { } hold)
            return;
        stream.Wait(hold);
        slot.Hold = null;
    }

    // A recording that fails leaves its stream of no use, so each attempt has its own.
    private (CudaStream Stream, ICudaNetwork Network, bool Recorded, string Note) Load(Func<CudaStream, bool, ICudaNetwork> load)
    {
        string note = "";
        bool record = Options.Graph == CudaGraphUse.On || (Options.Graph == CudaGraphUse.Auto && _mode == LiveMode.Latency);
        while (true)
        {
            CudaStream stream = new(_device, StreamPriority.High);
            try
            {
                return (stream, load(stream, record), record, note);
            }
            catch (EdgeSimException error) when (record && Options.Graph == CudaGraphUse.Auto && error.InnerException is OnnxRuntimeException)
            {
                stream.Dispose();
                record = false;
                note = $" (the network can't be recorded: {error.InnerException.Message.TrimEnd('.')})";
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
    }
}
