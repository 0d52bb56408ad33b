using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Evaluation.Downstream;

/// <summary>A trained segmenter reads the real test photographs.</summary>
public static class DownstreamReading
{
    /// <summary>Reads all of them.</summary>
    /// <param name="segmenter">The segmenter.</param>
    /// <param name="real">Folder of labelled photographs.</param>
    /// <param name="labels">Their label space; null where a manifest names it.</param>
    /// <param name="seed">The seed of its training.</param>
    /// <param name="cancellation">Ends the work between two photographs.</param>
    /// <exception cref="EdgeSimException">A photograph can't be read, or has no label that the segmenter's space has.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static DownstreamRun Read(Judge segmenter, string real, LabelSpace? labels, ulong seed, CancellationToken cancellation)
    {
        using ImageFolderSource source = new(real, labels);
        ConfusionMatrix confusion = new(segmenter.Space.Count);
        while (source.Take(cancellation) is { } frame)
        {
            confusion.Add(segmenter.Read([frame])[0].Confusion);
            source.Return(frame);
        }
        cancellation.ThrowIfCancellationRequested();
        if (confusion.Total == 0)
            throw new EdgeSimException($"No pixel of '{real}' has a label of {segmenter.Space}.", "Give labelled photographs.");
        return new DownstreamRun(
            seed, confusion.OverallAccuracy(), confusion.MeanAccuracy(), confusion.MeanIoU(), segmenter.Description.Id);
    }
}
