using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests.Bundles;

public sealed class BundleWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder["bundle"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SameWeights_GiveTheSameBytes()
    {
        TestModels.Bundle(_folder["a"]);
        TestModels.Bundle(_folder["b"]);
        string[] files = [.. Directory.GetFiles(_folder["a"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(["README.md", "bundle.json", "generator.onnx", "structure-encoder.onnx", "texture-encoder.onnx"], files);
        Assert.All(files, file =>
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], file)), File.ReadAllBytes(Path.Combine(_folder["b"], file))));
    }

    [Fact]
    public void Photos_BecomeTheCodesThatTheBundlesOwnEncoderGives()
    {
        Frame photo = TestModels.Frame(131, 77);
        BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny), TestModels.Description, "",
            new Dictionary<string, Frame> { ["sun"] = photo });
        ModelBundle bundle = ModelBundle.Load(Folder);
        using TextureEncoder encoder = new(bundle);
        Assert.Equal(encoder.Encode(photo, "sun").Values.ToArray(), bundle.Texture("sun").Values.ToArray());
        Assert.Equal("sun", bundle.Texture("sun").Name);
    }

    [Fact]
    public void HalfWeights_TakeHalfTheBytes_AndGiveNearlyTheSameCode()
    {
        Frame photo = TestModels.Frame(131, 77);
        TextureCode[] codes = [.. new[] { false, true }.Select(half =>
        {
            string folder = _folder[half ? "half" : "whole"];
            BundleWriter.Write(folder, TestModels.Weights(SaeConfiguration.Edge), TestModels.Description, "", halfWeights: half);
            using TextureEncoder encoder = new(ModelBundle.Load(folder));
            return encoder.Encode(photo, "sun");
        })];
        double difference = codes[0].Values.ToArray().Zip(codes[1].Values.ToArray(), (a, b) => Math.Pow(a - b, 2)).Sum();
        Assert.InRange(Math.Sqrt(difference), 1e-6, 2e-3); // codes have unit length
        Assert.All(new[] { "generator.onnx", "texture-encoder.onnx", "structure-encoder.onnx" }, name =>
            Assert.InRange(new FileInfo(Path.Combine(_folder["half"], name)).Length, 1,
                0.6 * new FileInfo(Path.Combine(_folder["whole"], name)).Length));
    }

    [Fact]
    public void OldBundle_IsReplaced()
    {
        BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Edge), TestModels.Description with { Name = "old" }, "old");
        Assert.Equal("test", TestModels.Bundle(Folder).Manifest.Name);
    }

    [Fact]
    public void InterruptedWrite_IsNeverABundle()
    {
        // A folder in the place of the last file to be written: everything before it is written, over an old bundle.
        TestModels.Bundle(Folder);
        File.Delete(Path.Combine(Folder, "README.md"));
        Directory.CreateDirectory(Path.Combine(Folder, "README.md"));
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Edge), TestModels.Description, ""));
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Throws<EdgeSimException>(() => ModelBundle.Load(Folder));
        Assert.False(File.Exists(Path.Combine(Folder, BundleManifest.FileName)));
        Assert.Empty(Directory.GetFiles(Folder, "*.part"));
    }

    [Fact]
    public void FolderThatIsAFile_IsAnOutputError()
    {
        File.WriteAllText(Folder, "");
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny), TestModels.Description, ""));
        Assert.Equal(ExitCode.Output, error.ExitCode);
    }

    [Theory]
    [InlineData("../sun")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a b")]
    public void TextureNameThatDoesNotSuitAFile_IsRefusedBeforeAnythingIsWritten(string name)
    {
        Dictionary<string, Frame> photos = new() { [name] = TestModels.Frame(96, 64) };
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny), TestModels.Description, "", photos));
        Assert.Contains($"'{name}'", error.Message);
        Assert.False(Directory.Exists(Folder));
    }

    [Theory]
    [InlineData(100, 64)]
    [InlineData(96, 48)] // too small for the texture encoder
    [InlineData(0, 0)]
    public void DefaultSizeThatDoesNotSuitTheNetworks_IsRefusedBeforeAnythingIsWritten(int width, int height)
    {
        BundleDescription description = TestModels.Description with { DefaultWidth = width, DefaultHeight = height };
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny), description, ""));
        Assert.Contains($"{width}x{height}", error.Message);
        Assert.False(Directory.Exists(Folder));
    }
}
