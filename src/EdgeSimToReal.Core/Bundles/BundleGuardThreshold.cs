namespace EdgeSimToReal.Core.Bundles;

/// <summary>The label guard's threshold, and what it was calibrated on.</summary>
/// <param name="Score">Frames below this score fail; see the runtime's GuardReading for the score.</param>
/// <param name="FalseAlarmRate">The share of good frames that may fail, 0..1, as it was asked for.</param>
/// <param name="Frames">Number of labelled frames that were translated for it.</param>
/// <param name="Data">The frames' name.</param>
/// <param name="Texture">The textures that they were translated with.</param>
/// <param name="Width">The translator's picture width.</param>
/// <param name="Height">The translator's picture height.</param>
public sealed record BundleGuardThreshold(
    double Score, double FalseAlarmRate, int Frames, string Data, string Texture, int Width, int Height);
