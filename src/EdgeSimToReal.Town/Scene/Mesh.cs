using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>Triangles with one material, tag and instance id each; never changed once built, so renderers of several threads share it.</summary>
internal sealed class Mesh(Vertex[] vertices, int[] indices, byte[] materials, byte[] tags, ushort[] instances)
{
    public Vertex[] Vertices { get; } = vertices;

    /// <summary>Three vertex numbers a triangle; counter-clockwise by the right-hand rule on the raw coordinates faces outwards.</summary>
    public int[] Indices { get; } = indices;

    public byte[] Materials { get; } = materials;

    public byte[] Tags { get; } = tags;

    public ushort[] Instances { get; } = instances;

    public int TriangleCount => Materials.Length;

    public Vector3 Low { get; } = Bound(vertices, Vector3.Min, float.MaxValue);

    public Vector3 High { get; } = Bound(vertices, Vector3.Max, float.MinValue);

    public Vector3 Centre => (Low + High) * 0.5f;

    /// <summary>Radius of a sphere about <see cref="Centre"/> that holds the box of the mesh.</summary>
    public float Radius { get; } = 0.5f * MathF.Sqrt(StableMath.Dot(
        Bound(vertices, Vector3.Max, float.MinValue) - Bound(vertices, Vector3.Min, float.MaxValue),
        Bound(vertices, Vector3.Max, float.MinValue) - Bound(vertices, Vector3.Min, float.MaxValue)));

    private static Vector3 Bound(Vertex[] vertices, Func<Vector3, Vector3, Vector3> merge, float start)
    {
        Vector3 bound = new(start);
        foreach (ref readonly Vertex v in vertices.AsSpan())
            bound = merge(bound, v.Position);
        return bound;
    }
}
