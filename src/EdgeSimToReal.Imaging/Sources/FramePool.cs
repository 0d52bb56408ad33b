using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sources;

/// <summary>Frames of a source that reads when asked: as many as the consumer holds at once.</summary>
internal sealed class FramePool
{
    private readonly Stack<Frame> _free = new();

    public Frame Rent() => _free.TryPop(out Frame? frame) ? frame : new Frame(1, 1);

    public void Return(Frame frame) => _free.Push(frame);
}
