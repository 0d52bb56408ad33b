namespace EdgeSimToReal.Town.Rendering;

/// <summary>
/// A visible triangle as linear functions of the pixel's column x and row y, c + a x + b y. The two edge functions are the barycentric
/// weights over depth of the first two corners, <c>Inverse</c> is one over depth (Olano and Greer, "Triangle scan conversion using 2D
/// homogeneous coordinates", 1997): no clipping, and every attribute is perspective-correct.
/// </summary>
internal struct TriangleSetup
{
    public float Edge0C, Edge0A, Edge0B;
    public float Edge1C, Edge1A, Edge1B;
    public float InverseC, InverseA, InverseB;
    public int Draw;
    public int Triangle;
}
