namespace EdgeSimToReal.Core.Networks;

/// <summary>One block of the autoencoder: its name (a prefix of its parameters' keys) and its channel counts.</summary>
/// <param name="Name">The reference's module name with the network's prefix, e.g. "E.DownToSpatialCode.ResBlockDownBy1".</param>
/// <param name="Input">Input channels.</param>
/// <param name="Output">Output channels.</param>
public sealed record SaeBlock(string Name, int Input, int Output)
{
    /// <summary>The name's last part, e.g. "ResBlockDownBy1".</summary>
    public string LastName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Whether an up-sampling block's skip path is a convolution (channels change) rather than the identity.</summary>
    public bool ChangesWidth => Input != Output;
}
