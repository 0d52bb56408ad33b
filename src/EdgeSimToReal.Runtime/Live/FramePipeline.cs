using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>The corridor of a live frame: source → translator → sink, one frame in flight, or as many as the translator allows.</summary>
/// <remarks>
/// With one, all runs on the caller's thread. With more, the sink has a thread of its own, so that a frame goes out when it is done and
/// not when the next one comes. Frames keep their order, and the source gets each back as soon as it is submitted.
/// </remarks>
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
    /// <param name="cancellation">Stops after the present frames; the sink is completed all the same.</param>
    /// <exception cref="Core.EdgeSimException">Source, translator or sink failed for good.</exception>
    public void Run(long maxFrames, CancellationToken cancellation)
    {
        if (translator is IPipelinedTranslator { Depth: > 1 } pipelined)
        {
            using FrameFlights flights = new(pipelined, Sink);
            flights.Run(source, maxFrames == 0 ? long.MaxValue : maxFrames - Frames, cancellation);
        }
        else
        {
            while (!cancellation.IsCancellationRequested && (maxFrames == 0 || Frames < maxFrames) && source.Take(cancellation) is { } frame)
            {
                try
                {
                    Frame translated = translator.Translate(frame, out Frame fitted);
                    sink.Write(fitted, translated);
                    Record(frame);
                }
                finally
                {
                    source.Return(frame);
                }
            }
        }
        sink.Complete();
    }

    private void Sink(Frame fitted, Frame translated)
    {
        sink.Write(fitted, translated);
        Record(fitted);
    }

    private void Record(Frame frame)
    {
        frame.Stamps.Sunk = FrameStamps.Now;
        recorder.Record(frame.Stamps);
        Volatile.Write(ref _frames, _frames + 1);
    }
}
