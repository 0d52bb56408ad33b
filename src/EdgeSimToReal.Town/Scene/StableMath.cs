using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>Elementary functions from additions, multiplications, divisions and square roots alone.</summary>
/// <remarks>
/// IEEE 754 fixes those four to the last bit, so a picture made with them has the same bytes on every machine. The C library's
/// <c>sin</c> or <c>exp</c> differ between its versions, and <see cref="Vector3.Dot"/> or <see cref="Vector3.Cross"/> use a fused
/// multiply-add where the processor has one.
/// </remarks>
internal static class StableMath
{
    private const double HalfPi = 1.5707963267948966;
    private const double Ln2 = 0.6931471805599453;

    public const float DegreesToRadians = (float)(HalfPi / 90);

    public static double Sin(double x)
    {
        double quarters = Math.Floor((x / HalfPi) + 0.5);
        double r = x - (quarters * HalfPi);
        return ((long)quarters & 3) switch
        {
            0 => SinCore(r),
            1 => CosCore(r),
            2 => -SinCore(r),
            _ => -CosCore(r),
        };
    }

    public static double Cos(double x) => Sin(x + HalfPi);

    public static float Sin(float x) => (float)Sin((double)x);

    public static float Cos(float x) => (float)Cos((double)x);

    /// <summary>Angle of (x, y) in radians, -pi..pi.</summary>
    public static double Atan2(double y, double x)
    {
        if (x == 0 && y == 0)
            return 0;
        // Newton on the unit circle from a coarse start: three steps reach double precision.
        double length = Math.Sqrt((x * x) + (y * y));
        double cos = x / length, sin = y / length;
        double angle = Math.Abs(cos) > Math.Abs(sin) ? sin / Math.Abs(cos) * 0.7854 : (1.5708 - (Math.Abs(cos / sin) * 0.7854)) * Math.Sign(sin);
        if (cos < 0)
            angle = (y < 0 ? -2 * HalfPi : 2 * HalfPi) - angle;
        for (int i = 0; i < 5; i++)
            angle += (sin * Cos(angle)) - (cos * Sin(angle));
        return angle;
    }

    public static double Exp(double x)
    {
        double n = Math.Floor((x / Ln2) + 0.5);
        if (n < -1000)
            return 0;
        double r = x - (n * Ln2);
        double sum = 1;
        for (int i = 14; i > 0; i--)
            sum = 1 + (r / i * sum);
        return Math.ScaleB(sum, (int)n);
    }

    public static double Log(double x)
    {
        int exponent = Math.ILogB(x);
        double m = Math.ScaleB(x, -exponent);
        double t = (m - 1) / (m + 1), t2 = t * t, sum = 0;
        for (int i = 41; i > 0; i -= 2)
            sum = (sum * t2) + (1.0 / i);
        return (2 * t * sum) + (exponent * Ln2);
    }

    public static double Pow(double x, double y) => x <= 0 ? 0 : Exp(Log(x) * y);

    public static float Dot(Vector3 a, Vector3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    /// <summary>The cross product by its formula; <c>Cross(a, b)</c> is exactly <c>-Cross(b, a)</c>.</summary>
    public static Vector3 Cross(Vector3 a, Vector3 b) =>
        new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    public static Vector3 Normalize(Vector3 v)
    {
        float length = MathF.Sqrt(Dot(v, v));
        return length > 0 ? new Vector3(v.X / length, v.Y / length, v.Z / length) : new Vector3(0, 0, 1);
    }

    public static float Lerp(float a, float b, float t) => a + ((b - a) * t);

    public static Vector3 Lerp(Vector3 a, Vector3 b, float t) => a + ((b - a) * t);

    public static float Saturate(float x) => x < 0 ? 0 : x > 1 ? 1 : x;

    public static float SmoothStep(float from, float to, float x)
    {
        float t = Saturate((x - from) / (to - from));
        return t * t * (3 - (2 * t));
    }

    private static double SinCore(double r)
    {
        double r2 = r * r, sum = 0;
        for (int i = 17; i > 1; i -= 2)
            sum = r2 / (i * (i - 1)) * (1 - sum);
        return r * (1 - sum);
    }

    private static double CosCore(double r)
    {
        double r2 = r * r, sum = 0;
        for (int i = 18; i > 0; i -= 2)
            sum = r2 / (i * (i - 1)) * (1 - sum);
        return 1 - sum;
    }
}
