using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Labelled simulator frames and their translations, for calibrating and testing a guard.</summary>
/// <param name="folder">The labelled folder.</param>
/// <param name="labels">Its label space; null where a manifest names it.</param>
/// <param name="limit">The most frames, spread evenly over the folder; 0: all.</param>
/// <param name="translators">Translators of one size, a texture each; frames take them in turn.</param>
public sealed class GuardFrames(string folder, LabelSpace? labels, int limit, IReadOnlyList<LiveTranslator> translators)
{
    private long _done;

    /// <summary>Frames so far; may be read on any thread.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Frames of the folder; 0 until it is open.</summary>
    public long Total { get; private set; }

    /// <summary>Translates the frames one by one. Both frames of a pair are overwritten by the next pair.</summary>
    /// <param name="cancellation">Ends the work between two frames.</param>
    /// <exception cref="EdgeSimException">The folder has no labels, or a frame can't be read or translated.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IEnumerable<(Frame Source, Frame Translated)> Translate(CancellationToken cancellation)
    {
        using ImageFolderSource source = new(folder, labels, limit);
        source.RequireLabels("to compare with");
        Total = source.FrameCount!.Value;
        for (int i = 0; source.Take(cancellation) is { } frame; i++)
        {
            Frame translated = translators[i % translators.Count].Translate(frame, out Frame fitted);
            yield return (fitted, translated);
            source.Return(frame);
            Volatile.Write(ref _done, i + 1);
        }
        cancellation.ThrowIfCancellationRequested();
    }
}
