namespace EdgeSimToReal.Town.Scene;

/// <summary>A rigid piece of an actor: a mesh, where it is, and the paint that replaces the mesh's white tint.</summary>
internal struct DrawPart
{
    public Mesh Mesh;
    public Affine Place;
    public uint Colour;
    public ushort Instance;
}
