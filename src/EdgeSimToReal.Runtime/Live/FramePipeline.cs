using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>The corridor of a live frame: source → translator → sink, on the caller's thread, one frame in flight.</summary>
/// <param name="source">Where frames come from.</param>
/// <param name="translator">What is done to them.</param>
/// <param name="sink">Where they go.</param>
/// <param name="recorder">Collects the latencies.</param>
public sealed class FramePipeline(IFrameSource source, IFrameTranslator translator, IFrameSink sink, LatencyRecorder recorder)
{
    private long _frames;

    /// <summary>Frames that reached the sink; may be read on any thread.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Runs until the source ends, enough frames have passed, or the caller cancels; then completes the sink.</summary>
    /// <remarks>Runs once. After an exception the sink is left to its disposal; the frame is given back in every case.</remarks>
    /// <param name="maxFrames">Stop after so many frames; 0: no limit.</param>
    /// <param name="cancellation">Stops after the present frame; the sink is completed all the same.</param>
    /// <exception cref="Core.EdgeSimException">Source, translator or sink failed for good.</exception>
    public void Run(long maxFrames, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && (maxFrames == 0 || Frames < maxFrames) && source.Take(cancellation) is { } frame)
        {
            try
            {
                Frame translated = translator.Translate(frame, out Frame fitted);
                sink.Write(fitted, translated);
                frame.Stamps.Sunk = FrameStamps.Now;
                recorder.Record(frame.Stamps);
                Volatile.Write(ref _frames, _frames + 1);
            }
            finally
            {
                source.Return(frame);
            }
        }
        sink.Complete();
    }
}
