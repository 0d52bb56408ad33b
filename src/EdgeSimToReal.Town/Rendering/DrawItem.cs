using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>A mesh in this frame's draw list.</summary>
internal struct DrawItem
{
    public Mesh Mesh;

    /// <summary>Local to world.</summary>
    public Affine Place;

    /// <summary>Paint that replaces white tints; the mesh's own where <see cref="Instance"/> is 0.</summary>
    public uint Colour;

    /// <summary>Instance id of an actor; 0 for static meshes, which carry their own.</summary>
    public ushort Instance;

    /// <summary>From this frame's camera space to the reference camera's, by the motion of camera and object.</summary>
    public Affine ToReference;

    /// <summary>Whether the reference shows this item unmoved by an unmoved camera: its flow is exactly 0.</summary>
    public bool Still;

    public float Distance;
}
