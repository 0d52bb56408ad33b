namespace EdgeSimToReal.Core.Labels;

/// <summary>One class of a label space.</summary>
/// <param name="Id">The pixel value, 0..255.</param>
/// <param name="Name">The class's name, lower case.</param>
/// <param name="R">Red of the display colour.</param>
/// <param name="G">Green of the display colour.</param>
/// <param name="B">Blue of the display colour.</param>
public sealed record LabelClass(byte Id, string Name, byte R, byte G, byte B);
