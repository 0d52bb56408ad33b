using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Finds the nearest triangle of each pixel: one over depth and the number of a <see cref="TriangleSetup"/>.</summary>
internal sealed unsafe class Rasterizer
{
    /// <summary>Surfaces nearer than this are not drawn, metres.</summary>
    public const float Near = 0.08f;

    private Vector3[] _camera = [];
    private TriangleSetup[] _setups = new TriangleSetup[4096];
    private float[] _inverse = [];
    private int[] _ids = [];
    private int _width, _height;
    private float _focal, _centreX, _centreY;
    private float* _inversePointer;
    private int* _idPointer;

    public ReadOnlySpan<TriangleSetup> Setups => _setups;

    public int SetupCount { get; private set; }

    /// <summary>Number of the setup seen in each pixel, -1 for none; [Height, Width].</summary>
    public int* Ids => _idPointer;

    public void Begin(in CameraView view)
    {
        int pixels = view.Width * view.Height;
        if (_inverse.Length < pixels + Wide.Lanes)
        {
            _inverse = GC.AllocateUninitializedArray<float>(pixels + Wide.Lanes, pinned: true);
            _ids = GC.AllocateUninitializedArray<int>(pixels + Wide.Lanes, pinned: true);
            _inversePointer = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_inverse, 0);
            _idPointer = (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_ids, 0);
        }
        (_width, _height, _focal, _centreX, _centreY) = (view.Width, view.Height, view.FocalLength, view.Width / 2f, view.Height / 2f);
        _inverse.AsSpan(0, pixels).Clear();
        _ids.AsSpan(0, pixels).Fill(-1);
        SetupCount = 0;
    }

    /// <summary>Draws a mesh.</summary>
    /// <param name="mesh">Its triangles.</param>
    /// <param name="toCamera">Local to camera space (forward, right, up).</param>
    /// <param name="draw">Its number in the draw list.</param>
    public void Draw(Mesh mesh, in Affine toCamera, int draw)
    {
        Vertex[] vertices = mesh.Vertices;
        if (_camera.Length < vertices.Length)
            _camera = new Vector3[vertices.Length + (vertices.Length / 2)];
        Vector3[] camera = _camera;
        for (int i = 0; i < vertices.Length; i++)
            camera[i] = toCamera.Apply(vertices[i].Position);
        int[] indices = mesh.Indices;
        byte[] materials = mesh.Materials;
        ReadOnlySpan<MaterialInfo> infos = MaterialInfo.All;
        for (int triangle = 0; triangle < materials.Length; triangle++)
        {
            int at = triangle * 3;
            Vector3 a = camera[indices[at]], b = camera[indices[at + 1]], c = camera[indices[at + 2]];
            if (a.X < Near && b.X < Near && c.X < Near)
                continue;
            // The normals of the planes through the eye and each edge; their dot products with a pixel's ray are the edge functions.
            Vector3 na = Cross(b, c);
            float volume = Dot(a, na);
            ref readonly MaterialInfo info = ref infos[materials[triangle]];
            if (volume >= 0 && (volume == 0 || !info.DoubleSided))
                continue;
            if (!Bounds(a, b, c, out int left, out int top, out int right, out int bottom))
                continue;
            Vector3 nb = Cross(c, a), nc = Cross(a, b);
            if (volume < 0)
                (na, nb, nc, volume) = (-na, -nb, -nc, -volume);
            Fill(mesh, triangle, draw, na, nb, nc, volume, left, top, right, bottom,
                MathF.Max((a.X + b.X + c.X) / 3, Near), in info);
        }
    }

    /// <summary>One over depth of each pixel, 0 for none; [Height, Width].</summary>
    public float InverseDepth(int pixel) => _inversePointer[pixel];

    private bool Bounds(Vector3 a, Vector3 b, Vector3 c, out int left, out int top, out int right, out int bottom)
    {
        float x0 = float.MaxValue, x1 = float.MinValue, y0 = float.MaxValue, y1 = float.MinValue;
        if (a.X >= Near && b.X >= Near && c.X >= Near)
        {
            float ia = _focal / a.X, ib = _focal / b.X, ic = _focal / c.X;
            float ax = a.Y * ia, bx = b.Y * ib, cx = c.Y * ic, ay = -a.Z * ia, by = -b.Z * ib, cy = -c.Z * ic;
            x0 = MathF.Min(ax, MathF.Min(bx, cx));
            x1 = MathF.Max(ax, MathF.Max(bx, cx));
            y0 = MathF.Min(ay, MathF.Min(by, cy));
            y1 = MathF.Max(ay, MathF.Max(by, cy));
        }
        else
        {
            Extend(a, b, ref x0, ref x1, ref y0, ref y1);
            Extend(b, c, ref x0, ref x1, ref y0, ref y1);
            Extend(c, a, ref x0, ref x1, ref y0, ref y1);
        }
        const float Slack = 0.002f;
        left = (int)MathF.Ceiling(MathF.Max(x0 + _centreX - 0.5f - Slack, 0));
        right = (int)MathF.Floor(MathF.Min(x1 + _centreX - 0.5f + Slack, _width - 1));
        top = (int)MathF.Ceiling(MathF.Max(y0 + _centreY - 0.5f - Slack, 0));
        bottom = (int)MathF.Floor(MathF.Min(y1 + _centreY - 0.5f + Slack, _height - 1));
        return left <= right && top <= bottom;
    }

    /// <summary>Extends bounds by the part of an edge that lies beyond the near plane.</summary>
    private void Extend(Vector3 a, Vector3 b, ref float x0, ref float x1, ref float y0, ref float y1)
    {
        if (a.X < Near && b.X < Near)
            return;
        if (a.X < Near)
            a = Lerp(a, b, (Near - a.X) / (b.X - a.X));
        else if (b.X < Near)
            b = Lerp(b, a, (Near - b.X) / (a.X - b.X));
        float ia = _focal / MathF.Max(a.X, Near), ib = _focal / MathF.Max(b.X, Near);
        x0 = MathF.Min(x0, MathF.Min(a.Y * ia, b.Y * ib));
        x1 = MathF.Max(x1, MathF.Max(a.Y * ia, b.Y * ib));
        y0 = MathF.Min(y0, MathF.Min(-a.Z * ia, -b.Z * ib));
        y1 = MathF.Max(y1, MathF.Max(-a.Z * ia, -b.Z * ib));
    }

    private void Fill(
        Mesh mesh, int triangle, int draw, Vector3 na, Vector3 nb, Vector3 nc, float volume, int left, int top, int right, int bottom,
        float depth, in MaterialInfo info)
    {
        float scale = 1 / _focal, ox = 0.5f - _centreX, oy = 0.5f - _centreY;
        float a0 = na.Y * scale, b0 = -na.Z * scale, c0 = na.X + (a0 * ox) + (b0 * oy);
        float a1 = nb.Y * scale, b1 = -nb.Z * scale, c1 = nb.X + (a1 * ox) + (b1 * oy);
        float a2 = nc.Y * scale, b2 = -nc.Z * scale, c2 = nc.X + (a2 * ox) + (b2 * oy);
        float whole = 1 / volume;
        float ai = (a0 + a1 + a2) * whole, bi = (b0 + b1 + b2) * whole, ci = (c0 + c1 + c2) * whole;
        if (SetupCount == _setups.Length)
            Array.Resize(ref _setups, _setups.Length * 2);
        int id = SetupCount;
        _setups[id] = new TriangleSetup
        {
            Edge0C = c0 * whole,
            Edge0A = a0 * whole,
            Edge0B = b0 * whole,
            Edge1C = c1 * whole,
            Edge1A = a1 * whole,
            Edge1B = b1 * whole,
            InverseC = ci,
            InverseA = ai,
            InverseB = bi,
            Draw = draw,
            Triangle = triangle,
        };
        bool wide = right - left >= 2 * Wide.Lanes, any = false;
        float s0 = a0 == 0 ? 0 : 1 / a0, s1 = a1 == 0 ? 0 : 1 / a1, s2 = a2 == 0 ? 0 : 1 / a2;
        var cutout = info.Cutout ? new CutoutTest(mesh, triangle, in info, in _setups[id], depth) : default;
        Vector256<float> va0 = Vector256.Create(a0), va1 = Vector256.Create(a1), va2 = Vector256.Create(a2), vai = Vector256.Create(ai);
        Vector256<float> nearest = Vector256.Create(1 / Near);
        Vector256<int> mark = Vector256.Create(id);
        for (int y = top; y <= bottom; y++)
        {
            float r0 = c0 + (b0 * y), r1 = c1 + (b1 * y), r2 = c2 + (b2 * y), ri = ci + (bi * y);
            int from = left, to = right;
            if (wide && !(Trim(a0, s0, r0, ref from, ref to) && Trim(a1, s1, r1, ref from, ref to) && Trim(a2, s2, r2, ref from, ref to)))
                continue;
            Vector256<float> vr0 = Vector256.Create(r0), vr1 = Vector256.Create(r1), vr2 = Vector256.Create(r2), vri = Vector256.Create(ri);
            Vector256<float> limit = Vector256.Create((float)to);
            float* inverseRow = _inversePointer + ((long)y * _width);
            int* idRow = _idPointer + ((long)y * _width);
            for (int x = from; x <= to; x += Wide.Lanes)
            {
                Vector256<float> vx = Wide.Iota + Vector256.Create((float)x);
                Vector256<float> inverse = (vai * vx) + vri, old = Vector256.Load(inverseRow + x);
                Vector256<float> hit = Vector256.GreaterThanOrEqual((va0 * vx) + vr0, Vector256<float>.Zero)
                    & Vector256.GreaterThanOrEqual((va1 * vx) + vr1, Vector256<float>.Zero)
                    & Vector256.GreaterThanOrEqual((va2 * vx) + vr2, Vector256<float>.Zero)
                    & Vector256.GreaterThan(inverse, old)
                    & Vector256.LessThanOrEqual(inverse, nearest)
                    & Vector256.LessThanOrEqual(vx, limit);
                if (hit == Vector256<float>.Zero)
                    continue;
                if (info.Cutout)
                {
                    hit = cutout.Filter(hit, x, y);
                    if (hit == Vector256<float>.Zero)
                        continue;
                }
                any = true;
                Vector256.ConditionalSelect(hit, inverse, old).Store(inverseRow + x);
                Vector256.ConditionalSelect(hit.AsInt32(), mark, Vector256.Load(idRow + x)).Store(idRow + x);
            }
        }
        if (any)
            SetupCount++;
    }

    /// <summary>Narrows a row to where an edge function may be positive, one pixel of slack to each side; false when nowhere.</summary>
    private static bool Trim(float slope, float inverseSlope, float start, ref int from, ref int to)
    {
        if (slope == 0)
            return start >= 0;
        float cross = -start * inverseSlope;
        if (slope > 0)
        {
            if (cross > from + 1)
                from = cross > to + 2 ? to + 1 : (int)cross - 1;
        }
        else if (cross < to - 1)
        {
            to = cross < from - 2 ? from - 1 : (int)MathF.Floor(cross) + 1;
        }

        return from <= to;
    }
}
