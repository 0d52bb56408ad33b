using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>
/// Two square height fields seen from the sun: a fine one around the near road and a coarse one around the whole view. Their places are
/// snapped to a grid, so what stands still keeps its shadow's edge, and the static part is drawn anew only when the camera has moved on.
/// </summary>
internal sealed unsafe class ShadowMaps
{
    private readonly ShadowField _near = new(1024, 0.085f, 8, false), _far = new(1024, 0.45f, 8, true);
    private readonly float[] _moving; // the near field with what moves
    private Vector3 _sun, _side, _top;
    private bool _turned;

    public ShadowMaps() => _moving = ShadowField.Allocate(_near.Size);

    /// <summary>Takes the sun's direction over; both fields follow the camera next.</summary>
    public void Begin(Vector3 sun)
    {
        _turned = sun != _sun;
        _sun = sun;
        _side = Normalize(Cross(sun, Vector3.UnitZ));
        _top = Cross(_side, sun);
    }

    /// <summary>Brings the near field to where the camera looks, without anything that moves.</summary>
    public void FollowNear(TownScene scene, Vector3 eye, Vector3 forward)
    {
        _near.Follow(scene, eye + (Normalize(forward with { Z = 0 }) * 34), _turned, this);
        _near.Heights.AsSpan().CopyTo(_moving);
    }

    /// <summary>Brings the far field there.</summary>
    public void FollowFar(TownScene scene, Vector3 eye, Vector3 forward) =>
        _far.Follow(scene, eye + (Normalize(forward with { Z = 0 }) * 150), _turned, this);

    public Vector3 ToLight(Vector3 world) => new(Dot(world, _side), Dot(world, _top), Dot(world, _sun));

    public bool Reaches(Vector3 centre, float radius) => _near.Overlaps(ToLight(centre), radius);

    public void DrawMoving(Mesh mesh, in Affine place) => _near.Draw(mesh, in place, this, _moving);

    /// <summary>How much of the sun reaches points, 0..1.</summary>
    public Vector256<float> Lit(in Wide3 world, in Wide3 normal)
    {
        Vector256<float> lit = Vector256<float>.One;
        Wide3 p = ToLight(world + (normal * 0.07f));
        Vector256<float> near = _near.Inside(p);
        if (near != Vector256<float>.Zero)
            lit = Vector256.ConditionalSelect(near, _near.Compare(Pointer(_moving), p, near, 0.06f), lit);
        if (near.AsInt32() == Vector256<int>.AllBitsSet)
            return lit;
        p = ToLight(world + (normal * 0.35f));
        Vector256<float> far = Vector256.AndNot(_far.Inside(p), near);
        return far == Vector256<float>.Zero
            ? lit
            : Vector256.ConditionalSelect(far, _far.Compare(Pointer(_far.Heights), p, far, 0.25f), lit);
    }

    private static float* Pointer(float[] pinned) => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    private Wide3 ToLight(in Wide3 world) =>
        new(Wide3.Dot(world, new(_side)), Wide3.Dot(world, new(_top)), Wide3.Dot(world, new(_sun)));
}
