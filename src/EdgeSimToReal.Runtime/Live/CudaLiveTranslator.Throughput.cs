using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Frames that overlap: each has memory of its own, and the three parts of its way have a stream each.</summary>
/// <remarks>
/// <code>
/// up:       upload n+1 | upload n+2 ...
/// compute:             prepare, infer, finish n | n+1 ...
/// down:                                         download n-1 | n ...
/// </code>
/// A part waits for the one before by an event on the device; the host waits once a frame, for its download. A frame's memory is used
/// again only after the frame was collected, which is after that wait, so none of its parts needs an event towards the frame before.
/// </remarks>
public sealed partial class CudaLiveTranslator
{
    // One frame going up, one computed, one going down, and one with whoever collected it.
    private const int Slots = 4;

    private CudaFlight[]? _pipeline;
    private CudaStream? _up;
    private CudaStream? _down;
    private long _submitted; // the submitting thread's
    private long _collected; // the collecting thread's

    /// <inheritdoc/>
    public int Depth => _mode == LiveMode.Throughput ? Slots - 1 : 1;

    /// <inheritdoc/>
    public void Submit(Frame source)
    {
        CheckPipelined();
        _device.MakeCurrent();
        (CudaStream up, CudaStream stream, ICudaNetwork network) = (_up!, _stream!, _network!);
        CudaFlight flight = _pipeline![(int)(_submitted % Slots)];
        CudaFrameSlot slot = flight.Slot;
        slot.Fit(source, network, _policy, keep: true);
        slot.Stage(source);
        _labels?.Fill(source, slot.Cutter, flight.HostLabels!.Span);
        if (slot.Hold is { } hold)
        {
            // The guard reads both the frame and the picture.
            up.Wait(hold);
            stream.Wait(hold);
            slot.Hold = null;
        }
        up.Upload(slot.HostFrame, slot.Frame);
        if (flight.Labels is not null)
            up.Upload(flight.HostLabels!, flight.Labels);
        flight.Uploaded.Record(up);
        stream.Wait(flight.Uploaded);
        slot.Converter.Prepare(stream, slot.Frame.View, network.Input);
        if (flight.Labels is not null)
            stream.Copy(flight.Labels, network.Labels!);
        source.Stamps.Prepared = FrameStamps.Now;
        network.Run();
        source.Stamps.Inferred = FrameStamps.Now;
        slot.Converter.Finish(stream, network.Output, slot.Picture.View);
        flight.Finished.Record(stream);
        _down!.Wait(flight.Finished);
        _down.Download(slot.Picture, slot.HostPicture);
        flight.Downloaded.Record(_down);
        // While the device works.
        LiveTranslator.Cut(slot.Cutter, source, slot.Fitted!);
        _submitted++;
    }

    /// <inheritdoc/>
    public Frame Collect(out Frame fitted)
    {
        CheckPipelined();
        _device.MakeCurrent();
        CudaFlight flight = _pipeline![(int)(_collected % Slots)];
        flight.Downloaded.Synchronize();
        CudaFrameSlot slot = flight.Slot;
        slot.Unload();
        fitted = slot.Fitted!;
        fitted.Stamps.Finished = FrameStamps.Now;
        slot.Translated.CopyIdentityFrom(fitted);
        _collected++;
        return slot.Translated;
    }

    private Frame TranslateAlone(Frame source, out Frame fitted)
    {
        Submit(source);
        Frame translated = Collect(out fitted);
        source.Stamps = fitted.Stamps;
        return translated;
    }

    private void CheckPipelined()
    {
        if (_mode != LiveMode.Throughput)
            throw new InvalidOperationException("The translator has one frame in flight; use Translate.");
    }

    private void OpenPipeline()
    {
        _up = new CudaStream(_device);
        _down = new CudaStream(_device);
        _pipeline = new CudaFlight[Slots];
        for (int i = 0; i < Slots; i++)
            _pipeline[i] = new CudaFlight(_device, _module!, _network!.Labels?.Length ?? 0);
    }

    private void ClosePipeline()
    {
        foreach (CudaFlight? flight in _pipeline ?? [])
            flight?.Dispose();
        _up?.Dispose();
        _down?.Dispose();
    }
}
