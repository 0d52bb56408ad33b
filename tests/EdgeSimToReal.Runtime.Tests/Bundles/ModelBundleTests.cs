using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;
using FsCheck.Xunit;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Tests.Bundles;

public sealed class ModelBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files { get; } =
        ["structure-encoder.onnx", "texture-encoder.onnx", "generator.onnx", "README.md", "texture-sun.safetensors"];

    public ModelBundleTests() => BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny), TestModels.Description, "# Card",
        new Dictionary<string, Frame> { ["sun"] = TestModels.Frame(97, 71) });

    private string Folder => _folder["bundle"];

    private string ManifestPath => Path.Combine(Folder, "bundle.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WrittenBundle_IsReadBack()
    {
        ModelBundle bundle = ModelBundle.Load(Folder);
        BundleManifest manifest = bundle.Manifest;
        Assert.Equal(SaeConfiguration.Tiny, bundle.Configuration);
        Assert.Equal(
            ("test", "For a test.", "tiny", "none", "Common16"),
            (manifest.Name, manifest.Description, manifest.Preset, manifest.Licence, manifest.LabelSpace));
        Assert.Equal((1, 17, 16), (manifest.Format, manifest.Opset, manifest.SizeMultiple));
        Assert.Equal((96, 64), (manifest.DefaultWidth, manifest.DefaultHeight));
        Assert.Equal(BundleNormalisation.SignedUnit, manifest.Normalisation);
        Assert.Equal(7UL, manifest.NoiseSeed);
        Assert.Equal(TestModels.Description.TrainingData, manifest.TrainingData);
        Assert.Equal(0.5, manifest.Metrics["figure"]);
        Assert.Equal(["sun"], bundle.TextureNames);
        Assert.Equal("# Card", Encoding.UTF8.GetString(bundle.Content(BundleRoles.ModelCard)));
        Assert.Equal(5, manifest.Files.Count);
        foreach (BundleFile file in manifest.Files.Values)
        {
            byte[] content = File.ReadAllBytes(Path.Combine(Folder, file.Name));
            Assert.Equal((content.Length, Convert.ToHexStringLower(SHA256.HashData(content))), (file.Bytes, file.Sha256));
        }
    }

    [Fact]
    public void Weights_AreThoseOfTheExportedGraphs()
    {
        ModelBundle bundle = ModelBundle.Load(Folder);
        SaeWeights weights = TestModels.Weights(SaeConfiguration.Tiny);
        Assert.Equal(weights.Demodulated("G.HeadResnetBlock1.conv2.conv").Values,
            bundle.Weights(BundleRoles.Generator)["G.HeadResnetBlock1.conv2.conv.weight"].Values);
        Assert.Same(bundle.Weights(BundleRoles.Generator), bundle.Weights(BundleRoles.Generator));
    }

    [Fact]
    public void Checksum_IsTheModelsIdentity()
    {
        string checksum = ModelBundle.Load(Folder).Checksum;
        ModelBundle same = TestModels.Bundle(_folder["same"]);
        Dictionary<string, Core.Weights.WeightTensor> tensors = SaeGolden.Weights(SaeConfiguration.Tiny);
        tensors["G.ToRGB.bias"].Values[0] += 0.25f;
        BundleWriter.Write(_folder["other"], new SaeWeights(SaeConfiguration.Tiny, tensors), TestModels.Description, "");
        Assert.Equal(checksum, same.Checksum);
        Assert.NotEqual(checksum, ModelBundle.Load(_folder["other"]).Checksum);
    }

    [Fact]
    public void UnknownTexture_IsAnErrorThatNamesTheKnownOnes()
    {
        Assert.Contains("sun", Assert.Throws<EdgeSimException>(() => ModelBundle.Load(Folder).Texture("moon")).Message);
        Assert.Contains("none", Assert.Throws<EdgeSimException>(() => TestModels.Bundle(_folder["plain"]).Texture("moon")).Message);
    }

    [Fact]
    public void Texture_IsTheVerifiedOne_EvenWhenTheFileHasChangedSince()
    {
        ModelBundle bundle = ModelBundle.Load(Folder);
        float[] before = bundle.Texture("sun").Values.ToArray();
        File.WriteAllText(Path.Combine(Folder, "texture-sun.safetensors"), "altered");
        Assert.Equal(before, bundle.Texture("sun").Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void CorruptByte_IsRefused(string name)
    {
        string path = Path.Combine(Folder, name);
        byte[] content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Contains($"{name}' does not have the checksum", Refused());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TruncatedFile_IsRefused(string name)
    {
        string path = Path.Combine(Folder, name);
        byte[] content = File.ReadAllBytes(path);
        File.WriteAllBytes(path, content[..^1]);
        Assert.Contains($"{name}' has {content.Length - 1} bytes, and the manifest says {content.Length}", Refused());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void FileThatIsTooLong_IsRefused(string name)
    {
        string path = Path.Combine(Folder, name);
        using (FileStream stream = new(path, FileMode.Append))
            stream.WriteByte(0);
        Assert.Contains($"{name}' has ", Refused());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void MissingFile_IsRefused(string name)
    {
        File.Delete(Path.Combine(Folder, name));
        Assert.Contains(name, Refused());
    }

    [Fact]
    public void WrongChecksumInTheManifest_IsRefused()
    {
        Edit(manifest => manifest["files"]!["generator"]!["sha256"] = new string('0', 64));
        Assert.Contains("generator.onnx' does not have the checksum", Refused());
    }

    [Theory]
    [InlineData("../generator.onnx")]
    [InlineData("/etc/hostname")]
    [InlineData("sub/generator.onnx")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void FileNameThatIsAPath_IsRefused(string name)
    {
        Edit(manifest => manifest["files"]!["generator"]!["name"] = name);
        Assert.Contains("lie in its folder itself", Refused());
    }

    [Fact]
    public void WrongFormatVersion_IsRefused()
    {
        Edit(manifest => manifest["format"] = 2);
        Assert.Contains("has the bundle format 2, and this version reads 1", Refused());
    }

    [Fact]
    public void WrongOperatorSetInTheManifest_IsRefused()
    {
        Edit(manifest => manifest["opset"] = 21);
        Assert.Contains("operator set 21", Refused());
    }

    [Theory]
    [InlineData("structure-encoder")]
    [InlineData("texture-encoder")]
    [InlineData("generator")]
    public void WrongOperatorSetInAGraph_IsRefused(string role)
    {
        Replace(role, content =>
        {
            ModelProto model = ModelProto.Parser.ParseFrom(content);
            model.OpsetImport[0].Version = 21;
            return model.ToByteArray();
        });
        Assert.Contains($"{role}.onnx' uses the ONNX operator set 21", Refused());
    }

    [Fact]
    public void FileThatIsNoGraph_IsRefused_ThoughItsChecksumIsRight()
    {
        Replace("texture-encoder", _ => "not a graph at all"u8.ToArray());
        Assert.Contains("texture-encoder.onnx' is not an ONNX model", Refused());
    }

    [Fact]
    public void GraphOfAnotherRole_IsRefused()
    {
        byte[] other = File.ReadAllBytes(Path.Combine(Folder, "texture-encoder.onnx"));
        Replace("structure-encoder", _ => other);
        Assert.Contains("edgesim.role = texture-encoder", Refused());
    }

    [Fact]
    public void ManifestOfAnotherNetwork_IsRefused()
    {
        Edit(manifest => manifest["network"]!["structure_channels"] = "16");
        Assert.Contains("edgesim.structure_channels = 4, and bundle.json says 16", Refused());
    }

    [Fact]
    public void ConditionedBundle_SaysItsLabelSpace()
    {
        Assert.Null(ModelBundle.Load(Folder).ConditioningSpace);
        ModelBundle bundle = TestModels.ConditionedBundle(Folder, LabelSpaces.Common16);
        Assert.Same(LabelSpaces.Common16, bundle.ConditioningSpace);
        Assert.Equal(SaeConfiguration.Tiny with { LabelClasses = 16 }, bundle.Configuration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shared10")]
    [InlineData("Common16")]
    public void ConditionedBundle_WithoutALabelSpaceOfItsClasses_IsRefused_AndNotWritten(string? space)
    {
        TestModels.ConditionedBundle(Folder, LabelSpaces.Common16);
        Edit(manifest => manifest["labelSpace"] = space);
        Assert.Contains("takes a label map of 16 classes", Refused());
        SaeWeights weights = TestModels.Weights(SaeConfiguration.Tiny with { LabelClasses = 16 });
        Assert.Throws<EdgeSimException>(
            () => BundleWriter.Write(_folder["none"], weights, TestModels.Description with { LabelSpace = space }, "# Card"));
        Assert.False(Path.Exists(_folder["none"]));
    }

    [Fact]
    public void ManifestThatIsSilentOfItsLabels_OrClaimsSome_IsRefused()
    {
        Edit(manifest =>
        {
            manifest["network"]!["label_classes"] = "16";
            manifest["labelSpace"] = "common16";
        });
        Assert.Contains("edgesim.label_classes = nothing, and bundle.json says 16", Refused());
        TestModels.ConditionedBundle(Folder, LabelSpaces.Common16);
        Edit(manifest => manifest["network"]!.AsObject().Remove("label_classes"));
        Assert.Contains("edgesim.label_classes = 16, and bundle.json says nothing", Refused());
    }

    [Theory]
    [InlineData("pyramid_channels", "3")]
    [InlineData("colour_level", "1")]
    public void ManifestThatIsSilentOfItsPyramid_OrClaimsOne_IsRefused(string key, string value)
    {
        Edit(manifest => manifest["network"]![key] = value);
        Assert.Contains($"edgesim.{key} = nothing, and bundle.json says {value}", Refused());
        Assert.Equal(SaeGolden.TinyPyramid, TestModels.Bundle(Folder, SaeGolden.TinyPyramid).Configuration);
        Edit(manifest => manifest["network"]!.AsObject().Remove(key));
        Assert.Contains($"edgesim.{key} = {value}, and bundle.json says nothing", Refused());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\": 1}")]
    public void ManifestThatIsNone_IsRefused(string text)
    {
        File.WriteAllText(ManifestPath, text);
        Assert.Contains("bundle.json'", Refused());
    }

    [Theory]
    [InlineData("files")]
    [InlineData("network")]
    [InlineData("normalisation")]
    [InlineData("name")]
    [InlineData("licence")]
    public void ManifestMemberThatIsNullOrMissing_IsRefused(string member)
    {
        Edit(manifest => manifest[member] = null);
        Assert.Contains("bundle.json'", Refused());
        Edit(manifest => manifest.Remove(member));
        Assert.Contains("bundle.json'", Refused());
    }

    [Fact]
    public void ManifestEntryThatIsNullOrIncomplete_IsRefused()
    {
        Edit(manifest => manifest["files"]!["generator"]!.AsObject().Remove("sha256"));
        Assert.Contains("bundle.json'", Refused());
        Edit(manifest => manifest["files"]!["generator"] = null);
        Assert.Contains("generator", Refused());
        Edit(manifest => manifest["files"]!.AsObject().Remove("generator"));
        Assert.Contains("lists no generator", Refused());
    }

    [Fact]
    public void HugeManifest_IsRefusedUnread()
    {
        File.WriteAllBytes(ManifestPath, new byte[(1 << 20) + 1]);
        Assert.Contains("at most 1048576 are expected", Refused());
    }

    [Fact]
    public void AnotherNormalisation_IsRefused()
    {
        Edit(manifest => manifest["normalisation"]!["offset"] = 0);
        Assert.Contains("normalisation", Refused());
    }

    [Fact]
    public void NoFolderAndNoManifest_AreDifferentErrors()
    {
        Assert.Contains("There is no model bundle", Assert.Throws<EdgeSimException>(() => ModelBundle.Load(_folder["nowhere"])).Message);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("bundle.json", Assert.Throws<EdgeSimException>(() => ModelBundle.Load(_folder["empty"])).Message);
    }

    [Property(MaxTest = 150, Replay = "5101,7")]
    public void MutatedManifest_LoadsOrIsRefusedClearly((int Position, byte Value)[] changes)
    {
        byte[] original = File.ReadAllBytes(ManifestPath), bytes = [.. original];
        foreach ((int position, byte value) in changes)
            bytes[(int)((uint)position * 2654435761 % (uint)bytes.Length)] = (byte)(32 + (value % 95));
        File.WriteAllBytes(ManifestPath, bytes);
        try
        {
            ModelBundle bundle = ModelBundle.Load(Folder);
            new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(32, 16));
        }
        catch (EdgeSimException error)
        {
            Assert.Equal(ExitCode.BadInput, error.ExitCode);
        }
        finally
        {
            File.WriteAllBytes(ManifestPath, original);
        }
    }

    private string Refused()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ModelBundle.Load(Folder));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        return error.Message;
    }

    private void Edit(Action<JsonObject> change)
    {
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(ManifestPath))!.AsObject();
        change(manifest);
        File.WriteAllText(ManifestPath, manifest.ToJsonString());
    }

    // Another content, of which the manifest knows size and checksum.
    private void Replace(string role, Func<byte[], byte[]> change)
    {
        string path = Path.Combine(Folder, $"{role}.onnx");
        byte[] content = change(File.ReadAllBytes(path));
        File.WriteAllBytes(path, content);
        Edit(manifest =>
        {
            manifest["files"]![role]!["bytes"] = content.Length;
            manifest["files"]![role]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
        });
    }
}
