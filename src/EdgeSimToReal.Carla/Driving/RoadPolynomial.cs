namespace EdgeSimToReal.Carla.Driving;

/// <summary>a + b·ds + c·ds² + d·ds³ from a place on: elevation, lane width, lane offset.</summary>
/// <param name="S">Where it begins.</param>
/// <param name="A">Constant.</param>
/// <param name="B">Linear.</param>
/// <param name="C">Quadratic.</param>
/// <param name="D">Cubic.</param>
internal readonly record struct RoadPolynomial(double S, double A, double B, double C, double D)
{
    /// <summary>The value at a place, by the last polynomial that begins before it; 0 where there is none.</summary>
    public static double Evaluate(IReadOnlyList<RoadPolynomial> polynomials, double s)
    {
        for (int i = polynomials.Count - 1; i >= 0; i--)
        {
            if (polynomials[i].S <= s || i == 0)
            {
                RoadPolynomial p = polynomials[i];
                double ds = s - p.S;
                return p.A + (ds * (p.B + (ds * (p.C + (ds * p.D)))));
            }
        }
        return 0;
    }
}
