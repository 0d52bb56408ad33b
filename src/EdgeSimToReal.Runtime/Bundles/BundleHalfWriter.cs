using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>Writes what was measured of a bundle's fp16 form into its manifest.</summary>
public static class BundleHalfWriter
{
    /// <summary>Replaces the manifest.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="half">What was measured.</param>
    /// <exception cref="EdgeSimException">The manifest can't be written.</exception>
    public static void Write(ModelBundle bundle, BundleHalf half) => AtomicFile.WriteText(
        Path.Combine(bundle.Folder, BundleManifest.FileName), BundleManifestJson.Write(bundle.Manifest with { Half = half }));
}
