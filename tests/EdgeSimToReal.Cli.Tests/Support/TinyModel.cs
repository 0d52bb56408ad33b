using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;

[assembly: AssemblyFixture(typeof(TinyModel))]

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>A bundle of the tiny preset with the golden formula's weights and two textures, made once.</summary>
public sealed class TinyModel : IDisposable
{
    public const int Side = 64;

    private readonly TemporaryFolder _folder = new();

    public TinyModel() => BundleWriter.Write(Bundle, new SaeWeights(SaeConfiguration.Tiny, SaeGolden.Weights(SaeConfiguration.Tiny)),
        new BundleDescription { Name = "tiny", Description = "For tests.", Licence = "none", DefaultWidth = Side, DefaultHeight = Side },
        "# tiny\n",
        new Dictionary<string, Core.Frames.Frame> { ["dawn"] = Pictures.Noise(80, 70, 1), ["noon"] = Pictures.Noise(64, 90, 2) });

    public string Bundle => _folder["tiny"];

    /// <summary>A copy that a test may damage.</summary>
    public string CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Bundle))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    /// <summary>The same weights as a safetensors file.</summary>
    public static void WriteWeights(string path, bool withMetadata, string? without = null)
    {
        Dictionary<string, WeightTensor> tensors = SaeGolden.Weights(SaeConfiguration.Tiny);
        if (without is not null)
            Assert.True(tensors.Remove(without));
        new SafetensorsFile(tensors, withMetadata ? SaeConfiguration.Tiny.ToMetadata() : null).Write(path);
    }

    public void Dispose() => _folder.Dispose();
}
