using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>A square of texels across the sun's rays; each holds how near to the sun its nearest surface is.</summary>
internal sealed unsafe class ShadowField(int size, float metresPerTexel, int steps, bool coarse)
{
    private const float Empty = -1e9f;

    private readonly float _perMetre = 1 / metresPerTexel;
    private Vector3[] _points = [];
    private float _left, _low;
    private bool _filled;

    public int Size => size;

    /// <summary>Static surfaces.</summary>
    public float[] Heights { get; } = Allocate(size);

    /// <summary>Room for another set of heights, pinned: [Size, Size], and a vector that starts at the last texel.</summary>
    public static float[] Allocate(int size) => GC.AllocateArray<float>((size * size) + Wide.Lanes, pinned: true);

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

    /// <summary>In which lanes the points lie in the square.</summary>
    public Vector256<float> Inside(in Wide3 light)
    {
        Vector256<float> x = (light.X - Vector256.Create(_left)) * _perMetre, y = (light.Y - Vector256.Create(_low)) * _perMetre;
        Vector256<float> first = Vector256.Create(2f), last = Vector256.Create(size - 2f);
        return Vector256.GreaterThanOrEqual(x, first) & Vector256.GreaterThanOrEqual(y, first)
            & Vector256.LessThan(x, last) & Vector256.LessThan(y, last);
    }

    /// <summary>Share of four neighbouring texels that are not nearer to the sun than the point, weighted by distance.</summary>
    /// <param name="heights">The field's own heights, or these with more drawn into them.</param>
    /// <param name="light">The points.</param>
    /// <param name="inside">Their <see cref="Inside"/>; the other lanes come to nothing of use.</param>
    /// <param name="slack">How much nearer a texel must be, metres.</param>
    public Vector256<float> Compare(float* heights, in Wide3 light, Vector256<float> inside, float slack)
    {
        Vector256<float> half = Vector256.Create(0.5f), limit = light.Z + Vector256.Create(slack);
        Vector256<float> x = ((light.X - Vector256.Create(_left)) * _perMetre) - half;
        Vector256<float> y = ((light.Y - Vector256.Create(_low)) * _perMetre) - half;
        Vector256<int> ix = Wide.Whole(x), iy = Wide.Whole(y), at = ((iy * size) + ix) & inside.AsInt32();
        Vector256<float> fx = x - Vector256.ConvertToSingle(ix), fy = y - Vector256.ConvertToSingle(iy);
        float* below = heights + size;
        return Wide.Mix(
            Lit(heights, at, limit), Lit(heights + 1, at, limit), Lit(below, at, limit), Lit(below + 1, at, limit), fx, fy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lit(float* heights, Vector256<int> at, Vector256<float> limit) =>
        Vector256.LessThanOrEqual(Wide.Gather(heights, at), limit) & Vector256<float>.One;

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
            for (int x = left; x <= right; x += Wide.Lanes)
            {
                Vector256<float> vx = Vector256.Create((float)x) + Wide.Iota, dx = vx - Vector256.Create(a.X);
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
