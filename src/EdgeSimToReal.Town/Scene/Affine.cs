using System.Numerics;
using EdgeSimToReal.Core.Frames;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <summary>A rigid (or scaled) placement in CARLA's axes: where the local x (forward), y (right) and z (up) axes and the origin lie.</summary>
internal struct Affine(Vector3 forward, Vector3 right, Vector3 up, Vector3 origin)
{
    public Vector3 Forward = forward;
    public Vector3 Right = right;
    public Vector3 Up = up;
    public Vector3 Origin = origin;

    public static Affine Identity { get; } = new(Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ, Vector3.Zero);

    /// <summary>Unreal's rotation order: roll about x, then pitch about y, then yaw about z.</summary>
    public static Affine From(in Pose pose)
    {
        (float sp, float cp) = (Sin(pose.Pitch * DegreesToRadians), Cos(pose.Pitch * DegreesToRadians));
        (float sy, float cy) = (Sin(pose.Yaw * DegreesToRadians), Cos(pose.Yaw * DegreesToRadians));
        (float sr, float cr) = (Sin(pose.Roll * DegreesToRadians), Cos(pose.Roll * DegreesToRadians));
        return new Affine(
            new Vector3(cp * cy, cp * sy, sp),
            new Vector3((sr * sp * cy) - (cr * sy), (sr * sp * sy) + (cr * cy), -sr * cp),
            new Vector3(-((cr * sp * cy) + (sr * sy)), (cy * sr) - (cr * sp * sy), cr * cp),
            new Vector3(pose.X, pose.Y, pose.Z));
    }

    /// <summary>A level placement turned by a yaw in radians (clockwise seen from above).</summary>
    public static Affine Level(Vector3 origin, float yaw)
    {
        float s = Sin(yaw), c = Cos(yaw);
        return new Affine(new Vector3(c, s, 0), new Vector3(-s, c, 0), Vector3.UnitZ, origin);
    }

    /// <summary>A turn about the local y axis: positive lifts the forward axis.</summary>
    public static Affine PitchAt(Vector3 origin, float pitch)
    {
        float s = Sin(pitch), c = Cos(pitch);
        return new Affine(new Vector3(c, 0, s), Vector3.UnitY, new Vector3(-s, 0, c), origin);
    }

    public readonly Vector3 Apply(Vector3 p) => Turn(p) + Origin;

    public readonly Vector3 Turn(Vector3 v) => (Forward * v.X) + (Right * v.Y) + (Up * v.Z);

    /// <summary>World to local, for a rotation without scale.</summary>
    public readonly Vector3 Inverse(Vector3 p)
    {
        Vector3 d = p - Origin;
        return new Vector3(Dot(d, Forward), Dot(d, Right), Dot(d, Up));
    }

    /// <summary>The placement that applies <paramref name="local"/> first, then this one.</summary>
    public readonly Affine Then(in Affine local) => new(Turn(local.Forward), Turn(local.Right), Turn(local.Up), Apply(local.Origin));

    /// <summary>The inverse of a rotation without scale.</summary>
    public readonly Affine Inverted()
    {
        Vector3 f = new(Forward.X, Right.X, Up.X), r = new(Forward.Y, Right.Y, Up.Y), u = new(Forward.Z, Right.Z, Up.Z);
        return new Affine(f, r, u, -((f * Origin.X) + (r * Origin.Y) + (u * Origin.Z)));
    }
}
