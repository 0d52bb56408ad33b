namespace EdgeSimToReal.Training.Data;

/// <summary>An image as it lies in the cache.</summary>
/// <param name="Path">Its file, for messages.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgb">[Height, Width, 3].</param>
/// <param name="Labels">[Height, Width] in the target space; null: unlabelled.</param>
internal sealed record DecodedImage(string Path, int Width, int Height, byte[] Rgb, byte[]? Labels)
{
    /// <summary>What it takes in memory.</summary>
    public long Bytes => Rgb.Length + (Labels?.Length ?? 0);
}
