namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>Values between pixels.</summary>
internal static class Bilinear
{
    /// <summary>One channel's value at a place within the picture.</summary>
    /// <param name="values">[height, width, channels].</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="channels">Values a pixel.</param>
    /// <param name="channel">Which of them.</param>
    /// <param name="x">0 .. width - 1.</param>
    /// <param name="y">0 .. height - 1.</param>
    public static float Sample(ReadOnlySpan<float> values, int width, int height, int channels, int channel, float x, float y)
    {
        int left = (int)x, top = (int)y, right = Math.Min(left + 1, width - 1), bottom = Math.Min(top + 1, height - 1);
        (float across, float down) = (x - left, y - top);
        float upper = Mix(values[(((top * width) + left) * channels) + channel], values[(((top * width) + right) * channels) + channel]);
        float lower = Mix(values[(((bottom * width) + left) * channels) + channel], values[(((bottom * width) + right) * channels) + channel]);
        // A neighbour of no weight must not spread its NaN.
        return down == 0 ? upper : upper + ((lower - upper) * down);

        float Mix(float a, float b) => across == 0 ? a : a + ((b - a) * across);
    }
}
