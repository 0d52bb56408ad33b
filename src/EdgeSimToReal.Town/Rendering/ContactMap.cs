using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>How much sky the ground sees beside and under actors: a map of the ground ahead of the camera, seen from above.</summary>
internal sealed unsafe class ContactMap
{
    private const int Size = 384;
    private const float MetresPerTexel = 0.25f;

    private readonly float[] _open = GC.AllocateUninitializedArray<float>(Size * Size, pinned: true);
    private readonly float* _pointer;
    private float _left, _top;

    public ContactMap() => _pointer = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_open, 0);

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

    /// <summary>Free share of the sky at points on the ground, 0..1.</summary>
    public Vector256<float> Open(in Wide3 world)
    {
        Vector256<float> half = Vector256.Create(0.5f), limit = Vector256.Create(Size - 1f);
        Vector256<float> x = ((world.X - Vector256.Create(_left)) * (1 / MetresPerTexel)) - half;
        Vector256<float> y = ((world.Y - Vector256.Create(_top)) * (1 / MetresPerTexel)) - half;
        Vector256<float> zero = Vector256<float>.Zero, inside = Vector256.GreaterThanOrEqual(x, zero) & Vector256.GreaterThanOrEqual(y, zero)
            & Vector256.LessThan(x, limit) & Vector256.LessThan(y, limit);
        if (inside == zero)
            return Vector256<float>.One;
        Vector256<int> ix = Wide.Whole(x), iy = Wide.Whole(y), at = ((iy * Size) + ix) & inside.AsInt32();
        Vector256<float> fx = x - Vector256.ConvertToSingle(ix), fy = y - Vector256.ConvertToSingle(iy);
        float* below = _pointer + Size;
        Vector256<float> open = Wide.Mix(
            Wide.Gather(_pointer, at), Wide.Gather(_pointer + 1, at), Wide.Gather(below, at), Wide.Gather(below + 1, at), fx, fy);
        return Vector256.ConditionalSelect(inside, open, Vector256<float>.One);
    }
}
