using EdgeSimToReal.Core;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Picture size and opening angle of a pinhole camera.</summary>
/// <remarks>
/// The ray of pixel (x, y) has the camera-space direction (1, (x + 0.5 - Width/2) / f, (Height/2 - y - 0.5) / f) in (forward, right, up)
/// with f = Width / 2 / tan(fov / 2): CARLA's camera without lens distortion.
/// </remarks>
public readonly record struct CameraView
{
    /// <summary>Creates a view.</summary>
    /// <param name="width">Pixels, 1..8192.</param>
    /// <param name="height">Pixels, 1..8192.</param>
    /// <param name="fovDegrees">Horizontal opening angle, 1..170 degrees.</param>
    /// <exception cref="EdgeSimException">A value is out of range.</exception>
    public CameraView(int width, int height, float fovDegrees = 90)
    {
        if (width is < 1 or > 8192 || height is < 1 or > 8192)
            throw new EdgeSimException($"A camera of {width}x{height} pixels can't be rendered.", "Ask for 1 to 8192 pixels a side.");
        if (!(fovDegrees is >= 1 and <= 170))
            throw new EdgeSimException($"A camera with a field of view of {fovDegrees} degrees can't be rendered.", "Ask for 1 to 170 degrees.");
        Width = width;
        Height = height;
        FovDegrees = fovDegrees;
    }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Horizontal opening angle in degrees.</summary>
    public float FovDegrees { get; }

    /// <summary>Focal length in pixels.</summary>
    public float FocalLength
    {
        get
        {
            double half = FovDegrees * Math.PI / 360;
            return (float)(Width / 2.0 / (Scene.StableMath.Sin(half) / Scene.StableMath.Cos(half)));
        }
    }
}
