namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>Text of a hostile file, made fit for a message.</summary>
internal static class Printable
{
    private const int MaxLength = 100;

    /// <summary>The text without control characters (a terminal would obey them), cut to a line.</summary>
    public static string Text(string text) => string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) ? '?' : c))
        + (text.Length > MaxLength ? "…" : "");
}
