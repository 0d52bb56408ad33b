using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>A square of texels across the sun's rays; each holds how near to the sun its nearest surface is.</summary>
internal sealed class ShadowField(int size, float metresPerTexel, int steps, bool coarse)
{
    private const float Empty = -1e9f;
    private const int Lanes = 8;

    private static readonly Vector256<float> Iota = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    private readonly float _perMetre = 1 / metresPerTexel;
    private Vector3[] _points = [];
    private float _left, _low;
    private bool _filled;

    public int Size => size;

    /// <summary>Static surfaces, [Size, Size], and room for a vector that starts at the last texel.</summary>
    public float[] Heights { get; } = new float[(size * size) + Lanes];

    /// <summary>Moves the square's middle to a place (snapped) and draws the static town where it has changed.</summary>
    public void Follow(TownScene scene, Vector3 centre, bool turned, ShadowMaps maps)
    {
        Vector3 middle = maps.ToLight(centre with { Z = 0 });
        float extent = size * metresPerTexel, step = extent / steps;
        float left = (MathF.Floor((middle.X / step) + 0.5f) * step) - (extent / 2), low = (MathF.Floor((middle.Y / step) + 0.5f) * step) - (extent / 2);
        if (_filled && !turned && left == _left && low == _low)
            return;
        (_left, _low, _filled) = (left, low, true);
        Heights.AsSpan().Fill(Empty);
        foreach (StaticChunk chunk in scene.Chunks)
        {
            bool wanted = chunk.CastsShadow && (coarse ? chunk.FarLimit > 250 : chunk.NearLimit == 0);
            if (wanted && Overlaps(maps.ToLight(chunk.Mesh.Centre), chunk.Mesh.Radius))
                Draw(chunk.Mesh, Affine.Identity, maps, Heights);
        }
    }

    public bool Overlaps(Vector3 light, float radius) =>
        light.X + radius > _left && light.X - radius < _left + (size * metresPerTexel)
        && light.Y + radius > _low && light.Y - radius < _low + (size * metresPerTexel);

    public bool Inside(Vector3 light)
    {
        float x = (light.X - _left) * _perMetre, y = (light.Y - _low) * _perMetre;
        return x >= 2 && y >= 2 && x < size - 2 && y < size - 2;
    }

    /// <summary>Share of four neighbouring texels that are not nearer to the sun than the point, weighted by distance.</summary>
    public float Compare(float[] heights, Vector3 light, float slack)
    {
        float x = ((light.X - _left) * _perMetre) - 0.5f, y = ((light.Y - _low) * _perMetre) - 0.5f;
        int ix = (int)x, iy = (int)y;
        float fx = x - ix, fy = y - iy, limit = light.Z + slack;
        int at = (iy * size) + ix;
        float a = heights[at] <= limit ? 1 : 0, b = heights[at + 1] <= limit ? 1 : 0;
        float c = heights[at + size] <= limit ? 1 : 0, d = heights[at + size + 1] <= limit ? 1 : 0;
        return Lerp(Lerp(a, b, fx), Lerp(c, d, fx), fy);
    }

    public void Draw(Mesh mesh, in Affine place, ShadowMaps maps, float[] heights)
    {
        Vertex[] vertices = mesh.Vertices;
        if (_points.Length < vertices.Length)
            _points = new Vector3[vertices.Length + (vertices.Length / 2)];
        for (int i = 0; i < vertices.Length; i++)
        {
            Vector3 p = maps.ToLight(place.Apply(vertices[i].Position));
            _points[i] = new Vector3(((p.X - _left) * _perMetre) - 0.5f, ((p.Y - _low) * _perMetre) - 0.5f, p.Z);
        }
        ReadOnlySpan<MaterialInfo> infos = MaterialInfo.All;
        for (int triangle = 0; triangle < mesh.TriangleCount; triangle++)
        {
            int at = triangle * 3, ia = mesh.Indices[at], ib = mesh.Indices[at + 1], ic = mesh.Indices[at + 2];
            Vector3 a = _points[ia], b = _points[ib], c = _points[ic];
            int left = Math.Max(0, Up(Math.Min(a.X, Math.Min(b.X, c.X)))), right = Math.Min(size - 1, Down(Math.Max(a.X, Math.Max(b.X, c.X))));
            int low = Math.Max(0, Up(Math.Min(a.Y, Math.Min(b.Y, c.Y)))), high = Math.Min(size - 1, Down(Math.Max(a.Y, Math.Max(b.Y, c.Y))));
            if (left > right || low > high)
                continue;
            float area = ((b.X - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (b.Y - a.Y));
            if (area == 0)
                continue;
            ref readonly MaterialInfo info = ref infos[mesh.Materials[triangle]];
            Fill(heights, a, b, c, 1 / area, left, low, right, high, info.Cutout ? TextureBank.Shared[info.Texture] : null,
                in vertices[ia], in vertices[ib], in vertices[ic]);
        }
    }

    private void Fill(
        float[] heights, Vector3 a, Vector3 b, Vector3 c, float whole, int left, int low, int right, int high, Texture? holes,
        in Vertex va, in Vertex vb, in Vertex vc)
    {
        Vector3 ab = b - a, ac = c - a;
        Vector256<float> scale = Vector256.Create(whole), limit = Vector256.Create((float)right);
        ref float start = ref MemoryMarshal.GetArrayDataReference(heights);
        for (int y = low; y <= high; y++)
        {
            float dy = y - a.Y;
            Vector256<float> acdy = Vector256.Create(ac.X * dy), abdy = Vector256.Create(ab.X * dy);
            for (int x = left; x <= right; x += Lanes)
            {
                Vector256<float> vx = Vector256.Create((float)x) + Iota, dx = vx - Vector256.Create(a.X);
                Vector256<float> wb = ((dx * ac.Y) - acdy) * scale, wc = (abdy - (dx * ab.Y)) * scale;
                Vector256<float> hit = Vector256.GreaterThanOrEqual(wb, Vector256<float>.Zero)
                    & Vector256.GreaterThanOrEqual(wc, Vector256<float>.Zero) & Vector256.LessThanOrEqual(wb + wc, Vector256<float>.One)
                    & Vector256.LessThanOrEqual(vx, limit);
                if (hit == Vector256<float>.Zero)
                    continue;
                ref float at = ref Unsafe.Add(ref start, (y * size) + x);
                Vector256<float> old = Vector256.LoadUnsafe(ref at), height = Vector256.Create(a.Z) + (wb * ab.Z) + (wc * ac.Z);
                hit &= Vector256.GreaterThan(height, old);
                if (holes is not null)
                    hit = WithoutHoles(hit, wb, wc, holes, in va, in vb, in vc);
                Vector256.ConditionalSelect(hit, height, old).StoreUnsafe(ref at);
            }
        }
    }

    /// <summary>Clears the lanes that fall into a texture's holes.</summary>
    private static Vector256<float> WithoutHoles(
        Vector256<float> hit, Vector256<float> wb, Vector256<float> wc, Texture holes, in Vertex va, in Vertex vb, in Vertex vc)
    {
        Vector256<int> keep = hit.AsInt32();
        for (uint bits = hit.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
        {
            int lane = BitOperations.TrailingZeroCount(bits);
            float b = wb.GetElement(lane), c = wc.GetElement(lane);
            if (holes.Nearest(va.U + (b * (vb.U - va.U)) + (c * (vc.U - va.U)), va.V + (b * (vb.V - va.V)) + (c * (vc.V - va.V)), 2) < 0x80000000)
                keep = keep.WithElement(lane, 0);
        }
        return keep.AsSingle();
    }

    private static int Up(float x) => (int)MathF.Ceiling(Math.Clamp(x, -8, 16384));

    private static int Down(float x) => (int)MathF.Floor(Math.Clamp(x, -8, 16384));
}
