namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">Left column, 0-based.</param>
/// <param name="Y">Top row, 0-based.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelRectangle(int X, int Y, int Width, int Height)
{
    /// <summary>The column after the last.</summary>
    public int Right => X + Width;

    /// <summary>The row after the last.</summary>
    public int Bottom => Y + Height;

    /// <summary>"WxH at (X, Y)".</summary>
    public override string ToString() => $"{Width}x{Height} at ({X}, {Y})";
}
