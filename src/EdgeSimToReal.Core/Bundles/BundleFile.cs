namespace EdgeSimToReal.Core.Bundles;

/// <summary>One file of a bundle.</summary>
/// <param name="Name">File name inside the bundle's folder, without directories.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
public sealed record BundleFile(string Name, long Bytes, string Sha256);
