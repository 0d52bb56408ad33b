using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.World;

/// <summary>Rigid transforms in CARLA's left-handed axes (x forward, y right, z up; pitch, yaw, roll in degrees).</summary>
internal static class PoseMath
{
    private const double Degree = Math.PI / 180;

    /// <summary>World pose of something mounted at <paramref name="mount"/> on a parent at <paramref name="parent"/>.</summary>
    public static Pose Compose(in Pose parent, in Pose mount)
    {
        Span<double> outer = stackalloc double[9];
        Span<double> inner = stackalloc double[9];
        Axes(parent, outer);
        Axes(mount, inner);
        // Rows are the forward, right and up axes; a mounted axis is its components along the parent's axes.
        Span<double> axes = stackalloc double[9];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                axes[(row * 3) + column] = (inner[row * 3] * outer[column])
                    + (inner[(row * 3) + 1] * outer[3 + column])
                    + (inner[(row * 3) + 2] * outer[6 + column]);
            }
        }
        double x = parent.X + (mount.X * outer[0]) + (mount.Y * outer[3]) + (mount.Z * outer[6]);
        double y = parent.Y + (mount.X * outer[1]) + (mount.Y * outer[4]) + (mount.Z * outer[7]);
        double z = parent.Z + (mount.X * outer[2]) + (mount.Y * outer[5]) + (mount.Z * outer[8]);
        double pitch = Math.Asin(Math.Clamp(axes[2], -1, 1));
        double yaw = Math.Atan2(axes[1], axes[0]);
        double roll = Math.Atan2(-axes[5], axes[8]);
        return new Pose((float)x, (float)y, (float)z, (float)(pitch / Degree), (float)(yaw / Degree), (float)(roll / Degree));
    }

    /// <summary>Whether two level rectangles on the ground overlap (half lengths along their yaw, half widths across).</summary>
    public static bool Overlaps(in Pose a, float halfLengthA, float halfWidthA, in Pose b, float halfLengthB, float halfWidthB)
    {
        // Separating axes of two rectangles on the ground.
        double yawA = a.Yaw * Degree, yawB = b.Yaw * Degree;
        double dx = b.X - a.X, dy = b.Y - a.Y;
        return !Separated(Math.Cos(yawA), Math.Sin(yawA), halfLengthA)
            && !Separated(-Math.Sin(yawA), Math.Cos(yawA), halfWidthA)
            && !SeparatedB(Math.Cos(yawB), Math.Sin(yawB), halfLengthB)
            && !SeparatedB(-Math.Sin(yawB), Math.Cos(yawB), halfWidthB);

        bool Separated(double axisX, double axisY, double half) =>
            Math.Abs((dx * axisX) + (dy * axisY)) > half + Reach(axisX, axisY, yawB, halfLengthB, halfWidthB);

        bool SeparatedB(double axisX, double axisY, double half) =>
            Math.Abs((dx * axisX) + (dy * axisY)) > half + Reach(axisX, axisY, yawA, halfLengthA, halfWidthA);
    }

    private static double Reach(double axisX, double axisY, double yaw, double halfLength, double halfWidth) =>
        (halfLength * Math.Abs((axisX * Math.Cos(yaw)) + (axisY * Math.Sin(yaw))))
        + (halfWidth * Math.Abs((-axisX * Math.Sin(yaw)) + (axisY * Math.Cos(yaw))));

    /// <summary>Unreal's rotation matrix: rows forward, right, up in world coordinates.</summary>
    private static void Axes(in Pose pose, Span<double> rows)
    {
        (double sp, double cp) = Math.SinCos(pose.Pitch * Degree);
        (double sy, double cy) = Math.SinCos(pose.Yaw * Degree);
        (double sr, double cr) = Math.SinCos(pose.Roll * Degree);
        rows[0] = cp * cy;
        rows[1] = cp * sy;
        rows[2] = sp;
        rows[3] = (sr * sp * cy) - (cr * sy);
        rows[4] = (sr * sp * sy) + (cr * cy);
        rows[5] = -sr * cp;
        rows[6] = -((cr * sp * cy) + (sr * sy));
        rows[7] = (cy * sr) - (cr * sp * sy);
        rows[8] = cr * cp;
    }
}
