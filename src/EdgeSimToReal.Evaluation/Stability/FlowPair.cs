using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>The motion between two frames of the source, both ways; displacements (x, y) in pixels, [Height, Width, 2], NaN where unknown.</summary>
/// <param name="ToPrevious">For each pixel of the present frame: to where its point is in the previous one.</param>
/// <param name="ToPresent">For each pixel of the previous frame: to where its point is in the present one.</param>
public sealed record FlowPair(float[] ToPrevious, float[] ToPresent)
{
    // Sundaram et al. (2010), as the usual video consistency code has them.
    private const float RoundTripShare = 0.01f;
    private const float RoundTripPixels = 0.5f;
    private const float BoundaryShare = 0.01f;
    private const float BoundaryPixels = 0.002f;

    /// <summary>Estimates the motion from the pictures, after Farnebäck.</summary>
    /// <param name="previous">The previous frame of the source.</param>
    /// <param name="present">The present one.</param>
    public static FlowPair Estimate(Frame previous, Frame present) =>
        new(FarnebackFlow.Between(present, previous), FarnebackFlow.Between(previous, present));

    /// <summary>
    /// Which pixels of the present frame are seen in the previous one too: the way there and back returns, and they lie on no edge of
    /// the motion.
    /// </summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>[height, width].</returns>
    public bool[] Visible(int width, int height)
    {
        bool[] visible = new bool[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                (float u, float v) = (ToPrevious[2 * at], ToPrevious[(2 * at) + 1]);
                (float px, float py) = (x + u, y + v);
                // Comparisons with NaN are false.
                if (!(px >= 0 && py >= 0 && px <= width - 1 && py <= height - 1))
                    continue;
                (float backU, float backV) = (Bilinear.Sample(ToPresent, width, height, 2, 0, px, py),
                    Bilinear.Sample(ToPresent, width, height, 2, 1, px, py));
                float there = (u * u) + (v * v), back = (backU * backU) + (backV * backV);
                float miss = ((u + backU) * (u + backU)) + ((v + backV) * (v + backV));
                visible[at] = miss <= (RoundTripShare * (there + back)) + RoundTripPixels
                    && Gradient(width, height, x, y) <= (BoundaryShare * there) + BoundaryPixels;
            }
        }
        return visible;
    }

    /// <summary>|∇u|² + |∇v|², differences to the pixels right and below.</summary>
    private float Gradient(int width, int height, int x, int y)
    {
        int at = 2 * ((y * width) + x);
        float sum = 0;
        for (int c = 0; c < 2; c++)
        {
            float across = x + 1 < width ? ToPrevious[at + 2 + c] - ToPrevious[at + c] : 0;
            float down = y + 1 < height ? ToPrevious[at + (2 * width) + c] - ToPrevious[at + c] : 0;
            sum += (across * across) + (down * down);
        }
        return sum;
    }
}
