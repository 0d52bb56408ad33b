using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>Translates a video and measures how much the translation flickers, beside the source's own figures.</summary>
public static class StabilityTest
{
    // Enough to see noise that changes between frames.
    private const int StaticRepeats = 4;

    /// <summary>Runs the test.</summary>
    /// <param name="video">The video.</param>
    /// <param name="translator">The translation.</param>
    /// <param name="advance">Called after each frame.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static StabilityReport Run(StabilityVideo video, IFrameTranslator translator, Action advance, CancellationToken cancellation)
    {
        SequenceMeter translatedMeter = new(), sourceMeter = new();
        Frame? previous = null;
        (int frames, int staticDifference, double seen) = (0, 0, 0);
        foreach (FlowFrame item in video.Frames)
        {
            cancellation.ThrowIfCancellationRequested();
            Frame translated = translator.Translate(item.Frame, out Frame fitted);
            if (previous is null)
                staticDifference = StaticDifference(item.Frame, translator, translated);
            FlowPair? flow = previous is null ? null : item.Flow ?? FlowPair.Estimate(previous, fitted);
            bool[]? visible = flow?.Visible(fitted.Width, fitted.Height);
            translatedMeter.Add(translated, flow, visible);
            sourceMeter.Add(fitted, flow, visible);
            seen += visible?.Count(pixel => pixel) / (double)fitted.PixelCount ?? 0;
            previous = Copy(fitted);
            frames++;
            advance();
        }
        return new StabilityReport(video.Name, video.ExactFlow ? "exact" : "Farneback", frames, frames > 1 ? seen / (frames - 1) : 0,
            translatedMeter.WarpingError, sourceMeter.WarpingError, translatedMeter.AlternationP99, sourceMeter.AlternationP99,
            staticDifference);
    }

    /// <summary>The greatest difference of a byte between translations of one and the same frame; 0 for a model that can't flicker.</summary>
    private static int StaticDifference(Frame source, IFrameTranslator translator, Frame translated)
    {
        byte[] first = [.. translated.Bgra];
        int greatest = 0;
        for (int i = 0; i < StaticRepeats; i++)
        {
            byte[] again = translator.Translate(source, out _).Bgra;
            for (int k = 0; k < first.Length; k++)
                greatest = Math.Max(greatest, Math.Abs(first[k] - again[k]));
        }
        return greatest;
    }

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height);
        frame.Bgra.CopyTo(copy.Bgra, 0);
        return copy;
    }
}
