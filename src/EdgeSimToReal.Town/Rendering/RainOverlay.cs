using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Streaks of falling rain over the finished picture; labels stay those of what is behind.</summary>
internal static class RainOverlay
{
    /// <param name="bgra">The picture, [height, width, 4].</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="amount">0..1.</param>
    /// <param name="time">Simulated seconds: each moment has its own drops.</param>
    public static void Apply(byte[] bgra, int width, int height, float amount, double time)
    {
        var random = new StableRandom((ulong)BitConverter.DoubleToInt64Bits(time));
        int drops = (int)(amount * width * height / 220);
        for (int i = 0; i < drops; i++)
        {
            int x = random.Int(width), y = random.Int(height), length = 2 + random.Int(Math.Max(2, height / 18)), lean = random.Int(3);
            int gain = 8 + random.Int(22);
            for (int j = 0; j < length && y + j < height; j++)
            {
                int at = (((y + j) * width) + Math.Min(width - 1, x + (j * lean / 12))) * 4;
                for (int channel = 0; channel < 3; channel++)
                    bgra[at + channel] += (byte)((215 - Math.Min((int)bgra[at + channel], 215)) * gain / 100);
            }
        }
    }
}
