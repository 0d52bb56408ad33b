namespace EdgeSimToReal.Core.Bundles;

/// <summary>How pixels become the network's input and its output becomes pixels: value = byte · Scale + Offset, per channel.</summary>
/// <param name="ChannelOrder">Order of the planes, "RGB".</param>
/// <param name="Scale">Factor, 1 / 127.5 for [-1, 1].</param>
/// <param name="Offset">Summand, -1 for [-1, 1].</param>
public sealed record BundleNormalisation(string ChannelOrder, double Scale, double Offset)
{
    /// <summary>RGB in [-1, 1], what the swapping autoencoder uses.</summary>
    public static BundleNormalisation SignedUnit { get; } = new("RGB", 1 / 127.5, -1);
}
