using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;

[assembly: AssemblyFixture(typeof(TinyModel))]

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>Bundles of the tiny preset with the golden formula's weights and two textures, made once.</summary>
public sealed class TinyModel : IDisposable
{
    public const int Side = 64;

    private readonly TemporaryFolder _folder = new();

    public TinyModel()
    {
        Write(Bundle, SaeConfiguration.Tiny);
        Write(ConditionedBundle, SaeConfiguration.Tiny with { LabelClasses = LabelSpaces.Common16.Count });
    }

    public string Bundle => _folder["tiny"];

    /// <summary>A bundle whose generator also takes labels, of Common16.</summary>
    public string ConditionedBundle => _folder["conditioned"];

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

    private static void Write(string folder, SaeConfiguration configuration) => BundleWriter.Write(folder,
        new SaeWeights(configuration, SaeGolden.Weights(configuration)),
        new BundleDescription
        {
            Name = Path.GetFileName(folder),
            Description = "For tests.",
            Licence = "none",
            LabelSpace = LabelSpaces.Common16.Name,
            DefaultWidth = Side,
            DefaultHeight = Side,
        },
        "# tiny\n",
        new Dictionary<string, Core.Frames.Frame> { ["dawn"] = Pictures.Noise(80, 70, 1), ["noon"] = Pictures.Noise(64, 90, 2) });
}
