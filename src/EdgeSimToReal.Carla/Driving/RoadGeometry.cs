namespace EdgeSimToReal.Carla.Driving;

/// <summary>A piece of a road's reference line, OpenDRIVE's geometry element, in OpenDRIVE's right-handed axes.</summary>
/// <param name="S">Where on the road it begins, metres.</param>
/// <param name="X">Start.</param>
/// <param name="Y">Start.</param>
/// <param name="Heading">Radians, at the start.</param>
/// <param name="Length">Metres.</param>
/// <param name="CurvatureStart">1/metres; arcs and spirals.</param>
/// <param name="CurvatureEnd">1/metres; the same as the start in an arc.</param>
/// <param name="Polynomial">u then v, four coefficients each, of a paramPoly3 or poly3; null for the others.</param>
/// <param name="IsNormalized">Whether the polynomial's parameter goes from 0 to 1 rather than over the length.</param>
internal sealed record RoadGeometry(double S, double X, double Y, double Heading, double Length, double CurvatureStart, double CurvatureEnd,
    double[]? Polynomial = null, bool IsNormalized = false)
{
    private const double SpiralStep = 0.25; // metres; the error of the midpoint rule is far below a millimetre at road curvatures

    /// <summary>The point and heading at a distance from the start.</summary>
    public (double X, double Y, double Heading) At(double distance)
    {
        if (Polynomial is { } p)
            return AtPolynomial(p, IsNormalized ? distance / Length : distance);
        if (CurvatureStart != CurvatureEnd)
            return AtSpiral(distance);
        double heading = Heading + (CurvatureStart * distance);
        return CurvatureStart == 0
            ? (X + (Math.Cos(Heading) * distance), Y + (Math.Sin(Heading) * distance), heading)
            : (X + ((Math.Sin(heading) - Math.Sin(Heading)) / CurvatureStart),
                Y - ((Math.Cos(heading) - Math.Cos(Heading)) / CurvatureStart), heading);
    }

    private (double X, double Y, double Heading) AtSpiral(double distance)
    {
        double change = (CurvatureEnd - CurvatureStart) / Length;
        double HeadingAt(double s) => Heading + (CurvatureStart * s) + (0.5 * change * s * s);
        int steps = Math.Max(1, (int)Math.Ceiling(distance / SpiralStep));
        double step = distance / steps;
        (double x, double y) = (X, Y);
        for (int i = 0; i < steps; i++)
        {
            double middle = HeadingAt((i + 0.5) * step);
            x += Math.Cos(middle) * step;
            y += Math.Sin(middle) * step;
        }
        return (x, y, HeadingAt(distance));
    }

    private (double X, double Y, double Heading) AtPolynomial(double[] p, double t)
    {
        double u = p[0] + (t * (p[1] + (t * (p[2] + (t * p[3])))));
        double v = p[4] + (t * (p[5] + (t * (p[6] + (t * p[7])))));
        double du = p[1] + (t * ((2 * p[2]) + (t * 3 * p[3])));
        double dv = p[5] + (t * ((2 * p[6]) + (t * 3 * p[7])));
        (double sin, double cos) = Math.SinCos(Heading);
        return (X + (u * cos) - (v * sin), Y + (u * sin) + (v * cos), Heading + Math.Atan2(dv, du));
    }
}
