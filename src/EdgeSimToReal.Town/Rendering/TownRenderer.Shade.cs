using System.Numerics;
using System.Runtime.InteropServices;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Colour: one light computation a pixel, in short pieces of rows that show the same triangle.</content>
public sealed unsafe partial class TownRenderer
{
    // Texture detail is chosen once a piece, so pieces stay short where a triangle fills a row.
    private const int PieceLength = 16;

    private readonly TextureBank _textures = TextureBank.Shared;
    private uint[] _shaded = [];
    private uint* _shadedPointer;

    private void ReserveColours(int pixels)
    {
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
            uint* target = _shadedPointer + ((long)y * _view.Width);
            for (int x = 0; x < _view.Width;)
            {
                int id = row[x], end = x + 1, limit = Math.Min(_view.Width, x + PieceLength);
                while (end < limit && row[end] == id)
                    end++;
                if (id < 0)
                    ShadeSky(y, x, end, target);
                else
                    ShadePiece(in _rasterizer.Setups[id], _state.Time, y, x, end, target);
                x = end;
            }
        }
    }

    private Vector3 WorldRay(float x, float y)
    {
        float scale = 1 / _focal;
        return _camera.Forward + (_camera.Right * ((x + 0.5f - _centreX) * scale)) + (_camera.Up * ((_centreY - y - 0.5f) * scale));
    }

    private void ShadeSky(int y, int from, int to, uint* target)
    {
        // The picture of the clouds repeats about every 90 degrees of view near the zenith; one level fits a whole picture.
        int level = Math.Clamp(2 - (int)(_focal / 300), 0, 3);
        for (int x = from; x < to; x++)
            target[x] = ToneCurve.Encode(_lighting.Sky(Normalize(WorldRay(x, y)), level) * _lighting.Exposure);
    }

    private void ShadePiece(in TriangleSetup s, double time, int y, int from, int to, uint* target)
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

        Vector3 rayStart = WorldRay(0, y), raySlope = _camera.Right / _focal;
        Vector3 viewMiddle = Normalize(rayStart + (raySlope * middle));
        Vector4 hazeColour = _lighting.Backdrop(Normalize(viewMiddle with { Z = MathF.Max(viewMiddle.Z * 0.3f, 0) }));
        var surface = new SurfacePoint(in info, _lighting, viewMiddle, hazeColour, LampEmission(material, in a, time));
        bool groundShade = info.Puddles > 0 || material is (byte)Material.Grass;
        for (int x = from; x < to; x++)
        {
            depth = 1 / (inverse + (s.InverseA * x));
            float u = (uStart + (uSlope * x)) * depth, v = (vStart + (vSlope * x)) * depth;
            // Two neighbouring detail levels are mixed by a fixed 2x2 pattern.
            float dither = ((x ^ y) & 1) * 0.5f + ((y & 1) * 0.25f);
            int level = Math.Clamp((int)(lod + dither), 0, texture.Log2);
            Vector4 texel;
            if (taps == 1)
            {
                texel = texture.Bilinear(u, v, level);
            }
            else
            {
                texel = texture.Bilinear(u - (tapU * 0.5f), v - (tapV * 0.5f), level) + texture.Bilinear(u + (tapU * 0.5f), v + (tapV * 0.5f), level);
                texel *= 0.5f;
            }
            if (!flat)
                normal = Normalize((nStart + (nSlope * x)) * depth);
            Vector3 way = (rayStart + (raySlope * x)) * depth;
            Vector3 world = _camera.Origin + way;
            float open = (oStart + (oSlope * x)) * depth;
            float sun = Dot(normal, _lighting.Sun);
            float shadow = sun > 0 || info.Translucency > 0 ? _shadows.Lit(world, normal) : 1;
            if (groundShade)
                open *= _contact.Open(world);
            target[x] = surface.Shade(texel, tintColour, normal, sun, shadow, open, way);
        }
    }

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
