using System.Numerics;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <summary>Collects triangles. The properties hold for what is added after they were set.</summary>
internal sealed class MeshBuilder
{
    private readonly List<Vertex> _vertices = [];
    private readonly List<int> _indices = [];
    private readonly List<byte> _materials = [];
    private readonly List<byte> _tags = [];
    private readonly List<ushort> _instances = [];

    public Affine Frame { get; set; } = Affine.Identity;

    public Material Material { get; set; }

    public TownTag Tag { get; set; }

    public ushort Instance { get; set; }

    /// <summary>sRGB, 0xRRGGBB.</summary>
    public uint Tint { get; set; } = 0xFFFFFF;

    public int TriangleCount => _materials.Count;

    public int VertexCount => _vertices.Count;

    public Mesh Build() => new([.. _vertices], [.. _indices], [.. _materials], [.. _tags], [.. _instances]);

    public MeshBuilder Use(Material material, TownTag tag, uint tint = 0xFFFFFF)
    {
        (Material, Tag, Tint) = (material, tag, tint);
        return this;
    }

    public int Add(Vector3 position, Vector3 normal, float u, float v, float ambient = 1)
    {
        _vertices.Add(new Vertex
        {
            Position = Frame.Apply(position),
            Normal = Normalize(Frame.Turn(normal)),
            U = u,
            V = v,
            Tint = Tint | ((uint)((Saturate(ambient) * 255) + 0.5f) << 24),
        });
        return _vertices.Count - 1;
    }

    /// <summary>A triangle whose front is the side that its first vertex's normal points to.</summary>
    public void Triangle(int a, int b, int c)
    {
        Vector3 pa = _vertices[a].Position;
        Vector3 face = Cross(_vertices[b].Position - pa, _vertices[c].Position - pa);
        Vector3 mean = _vertices[a].Normal + _vertices[b].Normal + _vertices[c].Normal;
        if (Dot(face, mean) < 0)
            (b, c) = (c, b);
        _indices.Add(a);
        _indices.Add(b);
        _indices.Add(c);
        _materials.Add((byte)Material);
        _tags.Add((byte)Tag);
        _instances.Add(Instance);
    }

    /// <summary>A flat quad; u runs from a to b, v from a to d; <paramref name="outward"/> need only lie on the visible side.</summary>
    public void Quad(
        Vector3 a, Vector3 b, Vector3 c, Vector3 d, Vector3 outward, float u0, float v0, float u1, float v1, float ambientAb = 1, float ambientCd = 1)
    {
        Vector3 normal = Normalize(Cross(b - a, d - a));
        if (Dot(normal, outward) < 0)
            normal = -normal;
        int ia = Add(a, normal, u0, v0, ambientAb), ib = Add(b, normal, u1, v0, ambientAb);
        int ic = Add(c, normal, u1, v1, ambientCd), id = Add(d, normal, u0, v1, ambientCd);
        Triangle(ia, ib, ic);
        Triangle(ia, ic, id);
    }

    /// <summary>A level rectangle at height z, seen from above; uv in metres / <paramref name="metresPerRepeat"/>.</summary>
    public void Floor(float x0, float y0, float x1, float y1, float z, float metresPerRepeat, float ambient = 1) =>
        Quad(new(x0, y0, z), new(x1, y0, z), new(x1, y1, z), new(x0, y1, z), Vector3.UnitZ,
            x0 / metresPerRepeat, y0 / metresPerRepeat, x1 / metresPerRepeat, y1 / metresPerRepeat, ambient, ambient);

    /// <summary>An upright wall from (x0, y0) to (x1, y1), its front to the side of <paramref name="outward"/>.</summary>
    public void WallFace(
        Vector2 from, Vector2 to, float z0, float z1, Vector3 outward, float metresU, float metresV, float ambientLow = 1, float ambientHigh = 1, float u0 = 0)
    {
        Vector2 along = to - from;
        float length = MathF.Sqrt((along.X * along.X) + (along.Y * along.Y));
        Quad(new(from, z0), new(to, z0), new(to, z1), new(from, z1), outward,
            u0, -z0 / metresV, u0 + (length / metresU), -z1 / metresV, ambientLow, ambientHigh);
    }

    /// <summary>A box by two corners; the bottom face is left out unless asked for.</summary>
    public void Box(Vector3 low, Vector3 high, float metres = 1, bool bottom = false, float ambientLow = 1, bool top = true)
    {
        WallFace(new(low.X, low.Y), new(high.X, low.Y), low.Z, high.Z, -Vector3.UnitY, metres, metres, ambientLow);
        WallFace(new(low.X, high.Y), new(high.X, high.Y), low.Z, high.Z, Vector3.UnitY, metres, metres, ambientLow);
        WallFace(new(low.X, low.Y), new(low.X, high.Y), low.Z, high.Z, -Vector3.UnitX, metres, metres, ambientLow);
        WallFace(new(high.X, low.Y), new(high.X, high.Y), low.Z, high.Z, Vector3.UnitX, metres, metres, ambientLow);
        if (top)
            Floor(low.X, low.Y, high.X, high.Y, high.Z, metres);
        if (bottom)
        {
            Quad(new(low.X, low.Y, low.Z), new(high.X, low.Y, low.Z), new(high.X, high.Y, low.Z), new(low.X, high.Y, low.Z), -Vector3.UnitZ,
                0, 0, (high.X - low.X) / metres, (high.Y - low.Y) / metres, ambientLow, ambientLow);
        }
    }

    /// <summary>A round (or tapered) bar from one point to another, without or with its end caps.</summary>
    public void Bar(Vector3 from, Vector3 to, float radiusFrom, float radiusTo, int sides, bool caps = false, float ambientFrom = 1, float ambientTo = 1)
    {
        Vector3 axis = Normalize(to - from);
        Vector3 side = Normalize(Cross(axis, MathF.Abs(axis.Z) > 0.9f ? Vector3.UnitX : Vector3.UnitZ));
        Vector3 other = Cross(axis, side);
        float length = MathF.Sqrt(Dot(to - from, to - from));
        int first = _vertices.Count;
        for (int i = 0; i <= sides; i++)
        {
            float angle = 6.2831853f * i / sides;
            Vector3 normal = (side * Cos(angle)) + (other * Sin(angle));
            Add(from + (normal * radiusFrom), normal, (float)i / sides * 2, 0, ambientFrom);
            Add(to + (normal * radiusTo), normal, (float)i / sides * 2, length, ambientTo);
        }
        for (int i = 0; i < sides; i++)
        {
            Triangle(first + (i * 2), first + (i * 2) + 2, first + (i * 2) + 1);
            Triangle(first + (i * 2) + 1, first + (i * 2) + 2, first + (i * 2) + 3);
        }
        if (caps)
        {
            Disc(from, -axis, side, radiusFrom, sides);
            Disc(to, axis, side, radiusTo, sides);
        }
    }

    /// <summary>A flat disc.</summary>
    public void Disc(Vector3 centre, Vector3 normal, Vector3 side, float radius, int sides)
    {
        Vector3 other = Cross(normal, side);
        int middle = Add(centre, normal, 0.5f, 0.5f);
        for (int i = 0; i <= sides; i++)
        {
            float angle = 6.2831853f * i / sides, c = Cos(angle), s = Sin(angle);
            Add(centre + (((side * c) + (other * s)) * radius), normal, 0.5f + (c / 2), 0.5f + (s / 2));
        }
        for (int i = 0; i < sides; i++)
            Triangle(middle, middle + 1 + i, middle + 2 + i);
    }

    /// <summary>An ellipsoid.</summary>
    public void Ball(Vector3 centre, Vector3 radii, int sides, int rings, float ambientLow = 1)
    {
        int first = _vertices.Count;
        for (int ring = 0; ring <= rings; ring++)
        {
            float lift = 3.1415927f * ring / rings, z = -Cos(lift), r = Sin(lift);
            for (int i = 0; i <= sides; i++)
            {
                float angle = 6.2831853f * i / sides;
                Vector3 n = new(r * Cos(angle), r * Sin(angle), z);
                Add(centre + (n * radii), n / radii, (float)i / sides * 2, (float)ring / rings, Lerp(ambientLow, 1, (z + 1) / 2));
            }
        }
        for (int ring = 0; ring < rings; ring++)
        {
            for (int i = 0; i < sides; i++)
            {
                int at = first + (ring * (sides + 1)) + i;
                if (ring > 0)
                    Triangle(at, at + 1, at + sides + 1);
                if (ring < rings - 1)
                    Triangle(at + 1, at + sides + 2, at + sides + 1);
            }
        }
    }

    /// <summary>Adds another mesh; its white tints become <paramref name="colour"/>.</summary>
    public void Append(Mesh mesh, in Affine place, uint colour, ushort instance)
    {
        int first = _vertices.Count;
        foreach (ref readonly Vertex v in mesh.Vertices.AsSpan())
        {
            uint tint = (v.Tint & 0xFFFFFF) == 0xFFFFFF ? (v.Tint & 0xFF000000) | colour : v.Tint;
            _vertices.Add(v with { Position = place.Apply(v.Position), Normal = place.Turn(v.Normal), Tint = tint });
        }
        foreach (int index in mesh.Indices)
            _indices.Add(first + index);
        _materials.AddRange(mesh.Materials);
        _tags.AddRange(mesh.Tags);
        for (int i = 0; i < mesh.TriangleCount; i++)
            _instances.Add(instance);
    }

    /// <summary>Rounds what was added from a vertex on: corners at one place share their normals unless they differ by more than a crease.</summary>
    /// <param name="first">First vertex.</param>
    /// <param name="crease">Cosine of the largest angle that is smoothed over.</param>
    public void Smooth(int first, float crease = 0.6f)
    {
        var places = new Dictionary<(int, int, int), List<int>>();
        for (int i = first; i < _vertices.Count; i++)
        {
            Vector3 p = _vertices[i].Position * 500;
            var key = ((int)MathF.Round(p.X), (int)MathF.Round(p.Y), (int)MathF.Round(p.Z));
            if (!places.TryGetValue(key, out List<int>? list))
                places.Add(key, list = []);
            list.Add(i);
        }
        var smooth = new Vector3[_vertices.Count - first];
        foreach (List<int> list in places.Values)
        {
            foreach (int i in list)
            {
                Vector3 sum = Vector3.Zero;
                foreach (int j in list)
                {
                    if (Dot(_vertices[i].Normal, _vertices[j].Normal) > crease)
                        sum += _vertices[j].Normal;
                }
                smooth[i - first] = Normalize(sum);
            }
        }
        for (int i = first; i < _vertices.Count; i++)
            _vertices[i] = _vertices[i] with { Normal = smooth[i - first] };
    }
}
