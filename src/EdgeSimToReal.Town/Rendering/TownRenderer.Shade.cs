using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Colour: one light computation a pixel, eight at a time, in short pieces of rows that show the same triangle.</content>
public sealed unsafe partial class TownRenderer
{
    // Texture detail is chosen once a piece, so pieces stay short where a triangle fills a row.
    private const int PieceLength = 16;

    private readonly TextureBank _textures = TextureBank.Shared;
    private uint[] _shaded = [];
    private uint* _shadedPointer;

    /// <summary>Pixels from one row of colours to the next: a vector that starts at a row's last pixel meets no other row.</summary>
    private int ColourStride => _view.Width + Wide.Lanes;

    private void ReserveColours()
    {
        int pixels = ColourStride * _view.Height;
        if (_shaded.Length >= pixels)
            return;
        _shaded = GC.AllocateUninitializedArray<uint>(pixels, pinned: true);
        _shadedPointer = (uint*)Marshal.UnsafeAddrOfPinnedArrayElement(_shaded, 0);
    }

    private void ShadeRows(int top, int bottom)
    {
        int* ids = _rasterizer.Ids;
        for (int y = top; y < bottom; y++)
        {
            int* row = ids + ((long)y * _view.Width);
            uint* target = _shadedPointer + ((long)y * ColourStride);
            for (int x = 0; x < _view.Width;)
            {
                int id = row[x], end = x + 1, limit = Math.Min(_view.Width, x + PieceLength);
                while (end < limit && row[end] == id)
                    end++;
                if (id < 0)
                    ShadeSky(y, x, end, target);
                else
                    ShadePiece(in _rasterizer.Setups[id], y, x, end, target);
                x = end;
            }
        }
    }

    /// <summary>Through the middle of a row's first pixel, of length 1 along the camera's axis.</summary>
    private Vector3 WorldRay(int y)
    {
        float scale = 1 / _focal;
        return _camera.Forward + (_camera.Right * ((0.5f - _centreX) * scale)) + (_camera.Up * ((_centreY - y - 0.5f) * scale));
    }

    private void ShadeSky(int y, int from, int to, uint* target)
    {
        // The picture of the clouds repeats about every 90 degrees of view near the zenith; one level fits a whole picture.
        int level = Math.Clamp(2 - (int)(_focal / 300), 0, 3);
        Wide3 right = new(_camera.Right), forward = new(_camera.Forward), up = new(_camera.Up * ((_centreY - y - 0.5f) * (1 / _focal)));
        for (int x = from; x < to; x += Wide.Lanes)
        {
            Vector256<float> column = (Vector256.Create(x + 0.5f) + Wide.Iota - Vector256.Create(_centreX)) * (1 / _focal);
            Wide3 direction = Wide3.Normalize(forward + (right * column) + up);
            ToneCurve.Encode(_lighting.Sky(direction, level) * _lighting.Exposure).Store(target + x);
        }
    }

    private void ShadePiece(in TriangleSetup s, int y, int from, int to, uint* target)
    {
        ref readonly DrawItem item = ref _items[s.Draw];
        Mesh mesh = item.Mesh;
        int at = s.Triangle * 3;
        ref readonly Vertex a = ref mesh.Vertices[mesh.Indices[at]];
        ref readonly Vertex b = ref mesh.Vertices[mesh.Indices[at + 1]];
        ref readonly Vertex c = ref mesh.Vertices[mesh.Indices[at + 2]];
        byte material = mesh.Materials[s.Triangle];
        ref readonly MaterialInfo info = ref MaterialInfo.All[material];
        Texture texture = _textures[info.Texture];

        // Linear functions of x on this row, each over depth.
        float e0 = s.Edge0C + (s.Edge0B * y), e1 = s.Edge1C + (s.Edge1B * y), inverse = s.InverseC + (s.InverseB * y);
        float ud0 = a.U - c.U, ud1 = b.U - c.U, vd0 = a.V - c.V, vd1 = b.V - c.V;
        float uStart = (e0 * ud0) + (e1 * ud1) + (inverse * c.U), uSlope = (s.Edge0A * ud0) + (s.Edge1A * ud1) + (s.InverseA * c.U);
        float vStart = (e0 * vd0) + (e1 * vd1) + (inverse * c.V), vSlope = (s.Edge0A * vd0) + (s.Edge1A * vd1) + (s.InverseA * c.V);
        float aa = a.Tint >> 24, ab = b.Tint >> 24, ac = c.Tint >> 24;
        const float Byte = 1 / 255f;
        float oStart = ((e0 * (aa - ac)) + (e1 * (ab - ac)) + (inverse * ac)) * Byte;
        float oSlope = ((s.Edge0A * (aa - ac)) + (s.Edge1A * (ab - ac)) + (s.InverseA * ac)) * Byte;

        bool flat = a.Normal == b.Normal && b.Normal == c.Normal;
        Vector3 nc = item.Place.Turn(c.Normal), nStart = default, nSlope = default, normal = nc;
        if (!flat)
        {
            Vector3 na = item.Place.Turn(a.Normal) - nc, nb = item.Place.Turn(b.Normal) - nc;
            nStart = (na * e0) + (nb * e1) + (nc * inverse);
            nSlope = (na * s.Edge0A) + (nb * s.Edge1A) + (nc * s.InverseA);
        }

        // Texture footprint at the middle of the piece.
        float middle = (from + to - 1) * 0.5f, depth = 1 / (inverse + (s.InverseA * middle));
        float um = (uStart + (uSlope * middle)) * depth, vm = (vStart + (vSlope * middle)) * depth;
        float uSlopeY = (s.Edge0B * ud0) + (s.Edge1B * ud1) + (s.InverseB * c.U), vSlopeY = (s.Edge0B * vd0) + (s.Edge1B * vd1) + (s.InverseB * c.V);
        float ux = (uSlope - (um * s.InverseA)) * depth, vx = (vSlope - (vm * s.InverseA)) * depth;
        float uy = (uSlopeY - (um * s.InverseB)) * depth, vy = (vSlopeY - (vm * s.InverseB)) * depth;
        float lengthX = (ux * ux) + (vx * vx), lengthY = (uy * uy) + (vy * vy), size2 = texture.Size * (float)texture.Size;
        bool down = lengthY > lengthX;
        float major = MathF.Max(lengthX, lengthY) * size2, minor = MathF.Max(MathF.Min(lengthX, lengthY) * size2, 1e-6f);
        // Two samples along the longer axis keep grazing surfaces sharp.
        int taps = major > 3 * minor ? 2 : 1;
        float lod = HalfLog2(major / (taps * taps));
        float tapU = (down ? uy : ux) / taps, tapV = (down ? vy : vx) / taps;

        uint tint = a.Tint & 0xFFFFFF;
        if (item.Instance != 0 && tint == 0xFFFFFF)
            tint = item.Colour;
        Vector4 tintColour = Texture.Unpack(tint) * Byte;
        tintColour *= tintColour;

        Vector3 rayStart = WorldRay(y), raySlope = _camera.Right / _focal;
        Vector3 viewMiddle = Normalize(rayStart + (raySlope * middle));
        Wide3 haze = _lighting.Backdrop(new Wide3(Normalize(viewMiddle with { Z = MathF.Max(viewMiddle.Z * 0.3f, 0) })));
        SurfacePoint surface = new(in info, _lighting, viewMiddle, haze, tintColour, LampEmission(material, in a, _state.Time));
        bool groundShade = info.Puddles > 0 || material is (byte)Material.Grass;
        // Two neighbouring detail levels are mixed by a fixed 2x2 pattern.
        MipPair levels = texture.Levels(lod + Dither(from, y), lod + Dither(from + 1, y));
        for (int x = from; x < to; x += Wide.Lanes)
        {
            Vector256<float> column = Vector256.Create((float)x) + Wide.Iota;
            Vector256<float> depths = Vector256<float>.One / Wide.Line(inverse, s.InverseA, column);
            Vector256<float> u = Wide.Line(uStart, uSlope, column) * depths, v = Wide.Line(vStart, vSlope, column) * depths, alpha;
            Wide3 texel;
            if (taps == 1)
            {
                texel = levels.Bilinear(u, v, out alpha);
            }
            else
            {
                Vector256<float> du = Vector256.Create(tapU * 0.5f), dv = Vector256.Create(tapV * 0.5f);
                texel = (levels.Bilinear(u - du, v - dv, out Vector256<float> first) + levels.Bilinear(u + du, v + dv, out alpha)) * 0.5f;
                alpha = (first + alpha) * 0.5f;
            }
            Wide3 normals = flat
                ? new Wide3(normal)
                : Wide3.Normalize((new Wide3(nStart) + (new Wide3(nSlope) * column)) * depths);
            Wide3 way = (new Wide3(rayStart) + (new Wide3(raySlope) * column)) * depths;
            Wide3 world = new Wide3(_camera.Origin) + way;
            Vector256<float> open = Wide.Line(oStart, oSlope, column) * depths;
            Vector256<float> sun = Wide3.Dot(normals, new(_lighting.Sun)), shadow = Vector256<float>.One;
            Vector256<float> facing = info.Translucency > 0
                ? Vector256<float>.AllBitsSet
                : Vector256.GreaterThan(sun, Vector256<float>.Zero);
            if (facing != Vector256<float>.Zero)
                shadow = Vector256.ConditionalSelect(facing, _shadows.Lit(world, normals), shadow);
            if (groundShade)
                open *= _contact.Open(world);
            surface.Shade(texel, alpha, normals, sun, shadow, open, way).Store(target + x);
        }
    }

    private static float Dither(int x, int y) => (((x ^ y) & 1) * 0.5f) + ((y & 1) * 0.25f);

    /// <summary>Half the base-2 logarithm, by the float's exponent and a linear mantissa.</summary>
    private static float HalfLog2(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(MathF.Max(x, 1e-6f));
        return 0.5f * ((bits * (1f / (1 << 23))) - 127);
    }

    /// <summary>How bright a lamp is now; traffic lights change with time, their junction is coded in the vertex's U.</summary>
    private float LampEmission(byte material, in Vertex vertex, double time)
    {
        float emission = MaterialInfo.All[material].Emission;
        return material is (byte)Material.LampRed or (byte)Material.LampAmber or (byte)Material.LampGreen
            ? _scene.Signals.Lit((Material)material, (int)vertex.U, time) ? emission : 0
            : emission;
    }
}
