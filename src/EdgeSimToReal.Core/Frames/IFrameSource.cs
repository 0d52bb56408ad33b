namespace EdgeSimToReal.Core.Frames;

/// <summary>Where frames come from: a simulator's camera, a video, a folder, a pipe.</summary>
/// <remarks>One consumer thread. Live sources allocate nothing per frame once their frames have their size.</remarks>
public interface IFrameSource : IDisposable
{
    /// <summary>What this source is, for messages and reports ("carla://127.0.0.1:2000, rgb camera 640x360").</summary>
    string Description { get; }

    /// <summary>Frames a second that the source means to give; 0 where it has no rate of its own.</summary>
    double NominalRate { get; }

    /// <summary>How many frames the source holds; null where it has no end or does not know.</summary>
    long? FrameCount { get; }

    /// <summary>Whether frames arrive by themselves and are lost when nobody takes them (then warm-up and drops are worth reporting).</summary>
    bool IsLive { get; }

    /// <summary>Frames lost so far, by cause.</summary>
    FrameDrops Drops { get; }

    /// <summary>Waits for the next frame. The frame belongs to the caller until <see cref="Return"/>.</summary>
    /// <param name="cancellation">Ends the wait; then null is returned.</param>
    /// <returns>The frame, with <see cref="FrameStamps.Taken"/> set; null at the end of the source or on cancellation.</returns>
    /// <exception cref="EdgeSimException">The source failed for good (a live source first tries to reconnect).</exception>
    Frame? Take(CancellationToken cancellation);

    /// <summary>Gives a frame back for reuse.</summary>
    /// <param name="frame">A frame that <see cref="Take"/> returned; not to be touched afterwards.</param>
    void Return(Frame frame);
}
