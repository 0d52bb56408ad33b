using System.Numerics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>
/// Two square height fields seen from the sun: a fine one around the near road and a coarse one around the whole view. Their places are
/// snapped to a grid, so what stands still keeps its shadow's edge, and the static part is drawn anew only when the camera has moved on.
/// </summary>
internal sealed class ShadowMaps
{
    private readonly ShadowField _near = new(1024, 0.085f, 8, false), _far = new(1024, 0.45f, 8, true);
    private readonly float[] _moving;
    private Vector3 _sun, _side, _top;
    private bool _turned;

    public ShadowMaps() => _moving = new float[_near.Heights.Length];

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

    /// <summary>How much of the sun reaches a point, 0..1.</summary>
    public float Lit(Vector3 world, Vector3 normal)
    {
        Vector3 p = ToLight(world + (normal * 0.07f));
        if (_near.Inside(p))
            return _near.Compare(_moving, p, 0.06f);
        p = ToLight(world + (normal * 0.35f));
        return _far.Inside(p) ? _far.Compare(_far.Heights, p, 0.25f) : 1;
    }
}
