using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>Writes what was measured of a bundle's fp16 form into its manifest.</summary>
public static class BundleHalfWriter
{
    /// <summary>Adds it to the manifest that is there now: measuring takes a while, in which a guard may have come in.</summary>
    /// <param name="bundle">The bundle that was measured.</param>
    /// <param name="half">What was measured.</param>
    /// <exception cref="EdgeSimException">The bundle is another one by now, or its manifest can't be written.</exception>
    public static void Write(ModelBundle bundle, BundleHalf half)
    {
        ModelBundle now = ModelBundle.Load(bundle.Folder);
        if (now.Checksum != bundle.Checksum)
            throw new EdgeSimException($"The bundle '{bundle.Folder}' was replaced while it was measured.", "Measure it again.");
        AtomicFile.WriteText(Path.Combine(bundle.Folder, BundleManifest.FileName), BundleManifestJson.Write(now.Manifest with { Half = half }));
    }
}
