using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>Answers for one frame whether its labels survived; on the CPU or on a device.</summary>
/// <remarks>
/// <see cref="Prepare"/> and <see cref="Read"/> may run on different threads, but not at once, and allocate nothing, but for tables when
/// the frames' size or label space changes.
/// </remarks>
public interface ILabelGuard : IDisposable
{
    /// <summary>What the bundle says of the guard.</summary>
    BundleGuard Description { get; }

    /// <summary>The label space in which labels are compared.</summary>
    LabelSpace Space { get; }

    /// <summary>Labels against what the guard saw in the translated picture, of the last frame.</summary>
    ConfusionMatrix Confusion { get; }

    /// <summary>The same of the simulator's picture.</summary>
    ConfusionMatrix UntranslatedConfusion { get; }

    /// <summary>What <see cref="WarmUp"/> had to do without, for people; "" where there is nothing to tell.</summary>
    string Note => "";

    /// <summary>Called once on the thread that will read, before the first frame and while no other work runs.</summary>
    /// <exception cref="Core.EdgeSimException">The guard can't run.</exception>
    void WarmUp();

    /// <summary>Takes a frame over, right after it was translated; afterwards its memory is free.</summary>
    /// <param name="source">The simulator's frame with its tags.</param>
    /// <param name="translated">Its translation, of the same size.</param>
    /// <exception cref="Core.EdgeSimException">The frame has no tags, or of a space that does not map to the guard's.</exception>
    void Prepare(Frame source, Frame translated);

    /// <summary>Reads the frame that was taken over.</summary>
    GuardReading Read();
}
