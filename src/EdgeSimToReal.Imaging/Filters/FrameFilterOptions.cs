using EdgeSimToReal.Core;

namespace EdgeSimToReal.Imaging.Filters;

/// <summary>
/// What a simulator's frame must be like to be kept (the paper's chapter 4.1, where near-duplicates were removed by hand).
/// </summary>
public sealed record FrameFilterOptions
{
    /// <summary>The least share of pixels that show vehicles or people, 0..1.</summary>
    public double MinTraffic { get; init; } = 0.005;

    /// <summary>
    /// The least distance to every frame that was kept, in bits of the <see cref="PerceptualHash"/>, 0..64; 0 keeps duplicates. In a drive
    /// along a straight road, frames four metres apart differ in 4 to 30 bits; below 8 they look alike.
    /// </summary>
    public int MinDistance { get; init; } = 8;

    /// <summary>The largest share that one class other than the sky may have, 0..1: beyond it the camera is inside something.</summary>
    public double MaxClass { get; init; } = 0.9;

    /// <summary>Metres below which a pixel is near, where there is depth.</summary>
    public double NearMetres { get; init; } = 0.7;

    /// <summary>The largest share of near pixels, 0..1.</summary>
    public double MaxNear { get; init; } = 0.4;

    /// <summary>Refuses options that make no sense.</summary>
    /// <exception cref="EdgeSimException">Says which.</exception>
    public void Validate()
    {
        if (MinTraffic is not (>= 0 and <= 1) || MaxClass is not (> 0 and <= 1) || MaxNear is not (> 0 and <= 1)
            || MinDistance is < 0 or > 64)
        {
            throw new EdgeSimException("A filter of frames is out of range.", "Shares are 0 to 1, distances 0 to 64 bits.");
        }
    }
}
