namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>How much a translated video flickers, beside the source's own figures.</summary>
/// <param name="Video">The video.</param>
/// <param name="Flow">"exact" or "Farneback".</param>
/// <param name="Frames">Frames.</param>
/// <param name="Compared">Mean share of pixels that two frames both show, 0..1.</param>
/// <param name="WarpingError">The translation's, mean squared, channels in [0, 1].</param>
/// <param name="SourceWarpingError">The source's: what its own aliasing and moving light cost.</param>
/// <param name="AlternationP99">The translation's |2x_t - x_{t-1} - x_{t+1}|, 99th percentile, levels of 0..510.</param>
/// <param name="SourceAlternationP99">The source's.</param>
/// <param name="StaticDifference">Greatest difference of a byte between translations of one frame; must be 0.</param>
public sealed record StabilityReport(
    string Video, string Flow, int Frames, double Compared, double? WarpingError, double? SourceWarpingError, int? AlternationP99,
    int? SourceAlternationP99, int StaticDifference);
