using System.Numerics;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Where the holes of a cut-out texture are on one triangle.</summary>
internal readonly struct CutoutTest
{
    private readonly Texture _texture;
    private readonly TriangleSetup _setup;
    private readonly float _u0, _u1, _u2, _v0, _v1, _v2;
    private readonly int _level;

    /// <param name="mesh">The mesh.</param>
    /// <param name="triangle">The triangle's number in it.</param>
    /// <param name="info">Its material.</param>
    /// <param name="setup">Its linear functions.</param>
    /// <param name="depth">About how far it is, metres.</param>
    public CutoutTest(Mesh mesh, int triangle, in MaterialInfo info, in TriangleSetup setup, float depth)
    {
        _texture = TextureBank.Shared[info.Texture];
        _setup = setup;
        int at = triangle * 3;
        ref readonly Vertex a = ref mesh.Vertices[mesh.Indices[at]];
        ref readonly Vertex b = ref mesh.Vertices[mesh.Indices[at + 1]];
        ref readonly Vertex c = ref mesh.Vertices[mesh.Indices[at + 2]];
        (_u0, _u1, _u2, _v0, _v1, _v2) = (a.U, b.U, c.U, a.V, b.V, c.V);
        // Texels a pixel: twice the triangle's area in texels over twice its area in pixels, which is one over the cross product of the
        // gradients of two barycentric weights (edge function times depth).
        float texels = MathF.Abs(((_u1 - _u0) * (_v2 - _v0)) - ((_u2 - _u0) * (_v1 - _v0))) * _texture.Size * _texture.Size;
        float ratio = texels * MathF.Abs((setup.Edge0A * setup.Edge1B) - (setup.Edge0B * setup.Edge1A)) * depth * depth;
        int level = 0;
        for (; ratio > 2 && level < _texture.Log2 - 3; ratio *= 0.25f)
            level++;
        _level = level;
    }

    /// <summary>Clears the lanes of <paramref name="hit"/> that fall into holes; lane 0 is pixel (x, y).</summary>
    public Vector256<float> Filter(Vector256<float> hit, int x, int y)
    {
        Vector256<int> keep = hit.AsInt32();
        for (uint bits = hit.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
        {
            int lane = BitOperations.TrailingZeroCount(bits), px = x + lane;
            float depth = 1 / (_setup.InverseC + (_setup.InverseA * px) + (_setup.InverseB * y));
            float w0 = (_setup.Edge0C + (_setup.Edge0A * px) + (_setup.Edge0B * y)) * depth;
            float w1 = (_setup.Edge1C + (_setup.Edge1A * px) + (_setup.Edge1B * y)) * depth;
            float u = _u2 + (w0 * (_u0 - _u2)) + (w1 * (_u1 - _u2)), v = _v2 + (w0 * (_v0 - _v2)) + (w1 * (_v1 - _v2));
            if (_texture.Nearest(u, v, _level) < 0x80000000)
                keep = keep.WithElement(lane, 0);
        }
        return keep.AsSingle();
    }
}
