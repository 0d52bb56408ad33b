using System.Numerics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>A square of texels across the sun's rays; each holds how near to the sun its nearest surface is.</summary>
internal sealed class ShadowField(int size, float metresPerTexel, int steps, bool coarse)
{
    private const float Empty = -1e9f;

    private readonly float _perMetre = 1 / metresPerTexel;
    private Vector3[] _points = [];
    private float _left, _low;
    private bool _filled;

    public int Size => size;

    /// <summary>Static surfaces, [Size, Size].</summary>
    public float[] Heights { get; } = new float[size * size];

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
            float whole = 1 / area;
            ref readonly MaterialInfo info = ref infos[mesh.Materials[triangle]];
            Texture? holes = info.Cutout ? TextureBank.Shared[info.Texture] : null;
            ref readonly Vertex va = ref vertices[ia];
            ref readonly Vertex vb = ref vertices[ib];
            ref readonly Vertex vc = ref vertices[ic];
            for (int y = low; y <= high; y++)
            {
                int row = y * size;
                for (int x = left; x <= right; x++)
                {
                    float wb = (((x - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (y - a.Y))) * whole;
                    float wc = (((b.X - a.X) * (y - a.Y)) - ((x - a.X) * (b.Y - a.Y))) * whole;
                    if (wb < 0 || wc < 0 || wb + wc > 1)
                        continue;
                    float height = a.Z + (wb * (b.Z - a.Z)) + (wc * (c.Z - a.Z));
                    if (height <= heights[row + x])
                        continue;
                    if (holes is not null && holes.Nearest(va.U + (wb * (vb.U - va.U)) + (wc * (vc.U - va.U)), va.V + (wb * (vb.V - va.V)) + (wc * (vc.V - va.V)), 2) < 0x80000000)
                        continue;
                    heights[row + x] = height;
                }
            }
        }
    }

    private static int Up(float x) => (int)MathF.Ceiling(Math.Clamp(x, -8, 16384));

    private static int Down(float x) => (int)MathF.Floor(Math.Clamp(x, -8, 16384));
}
