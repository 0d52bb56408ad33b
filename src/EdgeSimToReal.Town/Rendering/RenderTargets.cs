using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Where a picture goes: the caller's buffers. What is null is not computed.</summary>
public sealed class RenderTargets
{
    /// <summary>Colour, bytes B, G, R, A (A = 255), [Height, Width, 4], gamma-encoded.</summary>
    public byte[]? Bgra { get; set; }

    /// <summary>Tags, [Height, Width], in the scheme <see cref="TagSpace"/>.</summary>
    public byte[]? Tags { get; set; }

    /// <summary>Scheme of <see cref="Tags"/>: <see cref="LabelSpaces.Carla29"/> (default) or <see cref="LabelSpaces.Carla23"/>.</summary>
    public LabelSpace TagSpace { get; set; } = LabelSpaces.Carla29;

    /// <summary>Distance along the camera's forward axis in metres, [Height, Width]; <see cref="DepthEncoding.FarMetres"/> for the sky.</summary>
    public float[]? Depth { get; set; }

    /// <summary>Object ids, [Height, Width]; see <see cref="Scene.TownState"/> for their ranges. 0 for sky, ground and paint.</summary>
    public ushort[]? Instances { get; set; }

    /// <summary>
    /// Displacement (x, y) in pixels, [Height, Width, 2], from where a surface point is in this picture to where the same point is in
    /// the reference picture (the state and camera pose that are handed to <see cref="TownRenderer.Render"/>), computed from the exact
    /// motion of the camera and of the object's rigid parts. NaN where the point lies behind the reference camera. A point can be hidden
    /// in the reference picture, or outside it: compare depths or tags there. The sky is taken as infinitely far.
    /// </summary>
    public float[]? Flow { get; set; }
}
