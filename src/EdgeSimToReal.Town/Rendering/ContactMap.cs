using System.Numerics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>How much sky the ground sees beside and under actors: a map of the ground ahead of the camera, seen from above.</summary>
internal sealed class ContactMap
{
    private const int Size = 384;
    private const float MetresPerTexel = 0.25f;

    private readonly float[] _open = new float[Size * Size];
    private float _left, _top;

    public void Begin(Vector3 eye, Vector3 forward)
    {
        Vector3 middle = eye + (Normalize(forward with { Z = 0 }) * 38);
        const float Extent = Size * MetresPerTexel;
        _left = (MathF.Floor(middle.X) * 1f) - (Extent / 2);
        _top = (MathF.Floor(middle.Y) * 1f) - (Extent / 2);
        _open.AsSpan().Fill(1);
    }

    public void Add(in TownActor actor)
    {
        Vector2 half = ActorMeshes.HalfExtents(actor.Model);
        const float Rim = 0.7f;
        float reach = MathF.Sqrt((half.X * half.X) + (half.Y * half.Y)) + Rim;
        float cx = (actor.Pose.X - _left) / MetresPerTexel, cy = (actor.Pose.Y - _top) / MetresPerTexel, r = reach / MetresPerTexel;
        if (cx + r < 0 || cy + r < 0 || cx - r > Size || cy - r > Size)
            return;
        float yaw = actor.Pose.Yaw * DegreesToRadians, s = Sin(yaw), c = Cos(yaw);
        int x0 = Math.Max(0, (int)(cx - r)), x1 = Math.Min(Size - 1, (int)(cx + r) + 1);
        int y0 = Math.Max(0, (int)(cy - r)), y1 = Math.Min(Size - 1, (int)(cy + r) + 1);
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                float dx = (x + 0.5f - cx) * MetresPerTexel, dy = (y + 0.5f - cy) * MetresPerTexel;
                float along = MathF.Max(MathF.Abs((dx * c) + (dy * s)) - half.X, -Rim), across = MathF.Max(MathF.Abs((dy * c) - (dx * s)) - half.Y, -Rim);
                float outside = along > 0 && across > 0 ? MathF.Sqrt((along * along) + (across * across)) : MathF.Max(along, across);
                float open = 1 - (0.8f * SmoothStep(Rim, -0.45f, outside));
                ref float cell = ref _open[(y * Size) + x];
                cell = MathF.Min(cell, open);
            }
        }
    }

    /// <summary>Free share of the sky at a point on the ground, 0..1.</summary>
    public float Open(Vector3 world)
    {
        float x = ((world.X - _left) * (1 / MetresPerTexel)) - 0.5f, y = ((world.Y - _top) * (1 / MetresPerTexel)) - 0.5f;
        if (!(x >= 0 && y >= 0 && x < Size - 1 && y < Size - 1))
            return 1;
        int ix = (int)x, iy = (int)y, at = (iy * Size) + ix;
        float fx = x - ix, fy = y - iy;
        return Lerp(Lerp(_open[at], _open[at + 1], fx), Lerp(_open[at + Size], _open[at + Size + 1], fx), fy);
    }
}
