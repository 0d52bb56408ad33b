namespace EdgeSimToReal.Imaging;

/// <summary>A rectangle of a picture in whole pixels.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelArea(int X, int Y, int Width, int Height);
