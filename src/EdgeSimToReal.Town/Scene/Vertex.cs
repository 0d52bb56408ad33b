using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>A corner of a triangle.</summary>
internal struct Vertex
{
    public Vector3 Position;
    public Vector3 Normal;

    /// <summary>Texture coordinates in repeats of the texture.</summary>
    public float U, V;

    /// <summary>0xAARRGGBB: sRGB colour that multiplies the texture where its mask says so; A is the ambient light that arrives (255 = all).</summary>
    public uint Tint;
}
