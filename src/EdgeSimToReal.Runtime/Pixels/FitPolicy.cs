namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>How a frame is brought to the network's size. None of them distorts silently.</summary>
public enum FitPolicy
{
    /// <summary>The frame must already have the network's size; anything else is an error that says so.</summary>
    Exact,

    /// <summary>
    /// The whole frame is scaled uniformly to fit, centred, and the rest of the network's input repeats the nearest edge pixel.
    /// Not black: a black bar is an object with a hard edge, which the network would render as a wall and whose light would
    /// bleed into the picture through its receptive field. The repeated edge is cut off again from the result.
    /// </summary>
    Letterbox,

    /// <summary>
    /// The frame is scaled uniformly to cover the network's input, and what overhangs is cut off evenly on both sides. The output is
    /// the cut-out only, so tags must be cut alike (<see cref="PixelConverter.CropTags"/>).
    /// </summary>
    Crop,

    /// <summary>The whole frame is scaled to the network's size, each axis by its own factor: distortion, asked for by name.</summary>
    Stretch,
}
