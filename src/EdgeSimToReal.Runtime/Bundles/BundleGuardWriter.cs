using System.Security.Cryptography;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Onnx;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>Puts a label guard and its threshold into a bundle that exists; whenever it is interrupted, the bundle is a whole one.</summary>
public static class BundleGuardWriter
{
    /// <summary>Adds a guard, or replaces the one that is there; it is not calibrated.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="segmenter">The ONNX file of a segmenter.</param>
    /// <param name="width">The width at which it is to read pictures.</param>
    /// <param name="height">The height.</param>
    /// <param name="halfWeights">Whether its large weights are stored in 16 bits (<see cref="HalfStorage"/>).</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="EdgeSimException">
    /// The bundle or the file is none, the segmenter took part in the bundle's training or is too large, or a file can't be written.
    /// </exception>
    public static BundleManifest Add(string folder, string segmenter, int width, int height, bool halfWeights = false)
    {
        BundleManifest manifest = ModelBundle.Load(folder).Manifest;
        byte[] content;
        try
        {
            content = File.ReadAllBytes(segmenter);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the segmenter '{segmenter}': {error.Message.TrimEnd('.')}.",
                "Give the segmenter.onnx of a training.", ExitCode.BadInput, error);
        }
        BundleGuard guard = BundleGuardCheck.Describe(content, segmenter, width, height, manifest.Teachers);
        // Under a name of its own: until the manifest is replaced, the old guard's file must stay what the old manifest says.
        if (halfWeights)
            content = HalfStorage.Apply(OnnxFile.Parse(content, segmenter)).ToByteArray();
        string hash = Convert.ToHexStringLower(SHA256.HashData(content)), name = $"guard-{hash[..16]}.onnx";
        string? old = manifest.Files.GetValueOrDefault(BundleRoles.Guard)?.Name;
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
        BundleManifest written = Write(folder, manifest with
        {
            Guard = guard,
            Files = new Dictionary<string, BundleFile>(manifest.Files) { [BundleRoles.Guard] = new(name, content.Length, hash) },
        });
        if (old is not null && old != name)
            TryDelete(Path.Combine(folder, old));
        return written;
    }

    /// <summary>Writes a guard's threshold into the manifest.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="threshold">The threshold.</param>
    /// <exception cref="EdgeSimException">The bundle is none, has no guard, or can't be written.</exception>
    public static BundleManifest Calibrate(string folder, BundleGuardThreshold threshold)
    {
        BundleManifest manifest = ModelBundle.Load(folder).Manifest;
        BundleGuard guard = manifest.Guard ?? throw Missing(folder);
        return Write(folder, manifest with { Guard = guard with { Threshold = threshold } });
    }

    /// <summary>The error of a bundle without a guard.</summary>
    /// <param name="folder">The bundle's folder.</param>
    public static EdgeSimException Missing(string folder) => new($"The bundle '{folder}' carries no label guard.",
        $"Add one: edgesim guard add {folder} --segmenter guard.onnx, a segmenter that took no part in its training.");

    private static BundleManifest Write(string folder, BundleManifest manifest)
    {
        AtomicFile.WriteText(Path.Combine(folder, BundleManifest.FileName), BundleManifestJson.Write(manifest));
        return manifest;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file that no manifest names does no harm.
        }
    }
}
