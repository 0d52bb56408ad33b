namespace EdgeSimToReal.Core.Networks;

/// <summary>One noise injection of the generator.</summary>
/// <param name="Name">The layer's name, e.g. "G.HeadResnetBlock0.conv1.noise"; its weight's key is this name + ".weight".</param>
/// <param name="Scale">The map's height and width as a multiple of the structure code's: 1, 2, 4, …</param>
public sealed record SaeNoiseLayer(string Name, int Scale);
