namespace EdgeSimToReal.Runtime.Tests.Pixels;

/// <summary>Test pictures, the same on every run.</summary>
internal static class Pixels
{
    public static byte[] Noise(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // What a network gives: mostly within [−1, 1], sometimes beyond, and once in a while no number.
    public static float[] NetworkValues(int length, int seed)
    {
        Random random = new(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = random.Next(200) switch
            {
                0 => float.NaN,
                1 => float.PositiveInfinity,
                2 => float.NegativeInfinity,
                _ => random.NextSingle() * 3 - 1.5f,
            };
        }
        return values;
    }
}
