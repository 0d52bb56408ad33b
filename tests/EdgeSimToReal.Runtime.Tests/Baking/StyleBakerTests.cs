using System.Security.Cryptography;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests.Baking;

public sealed class StyleBakerTests : IDisposable
{
    private static readonly BakeOptions Options = new(64, 32);

    private readonly TemporaryFolder _folder = new();
    private readonly ModelBundle _bundle;
    private readonly TextureCode _texture;
    private readonly StyleBaker _baker;

    public StyleBakerTests()
    {
        _bundle = TestModels.Bundle(_folder["bundle"]);
        _texture = TestModels.Texture(_bundle);
        _baker = new StyleBaker(_folder["cache"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondBake_ComesFromTheCacheWithTheSameBytes()
    {
        BakedGraph first = _baker.Bake(_bundle, _texture, Options);
        BakedGraph second = new StyleBaker(_folder["cache"]).Bake(_bundle, _texture, Options);
        Assert.False(first.FromCache);
        Assert.True(second.FromCache);
        Assert.Equal(first.Model, second.Model);
        Assert.Equal((first.Key, 64, 32), (second.Key, second.Width, second.Height));
        // And baking anew gives them too, so that a cache is no source of differences between machines.
        Assert.Equal(first.Model, new StyleBaker(null).Bake(_bundle, _texture, Options).Model);
    }

    public static TheoryData<int> Damages { get; } = [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Damages))]
    public void DamagedCacheFile_IsBakedAgainAndMended(int damage)
    {
        BakedGraph first = _baker.Bake(_bundle, _texture, Options);
        string path = Assert.Single(Directory.GetFiles(_folder["cache"]));
        byte[] content = File.ReadAllBytes(path);
        switch (damage)
        {
            case 0:
                content[content.Length / 2] ^= 1;
                break;
            case 1:
                content = content[..(content.Length / 2)];
                break;
            case 2:
                content = [];
                break;
            case 3:
                content[^1] ^= 1; // the checksum itself
                break;
            default:
                content = new byte[content.Length];
                break;
        }
        File.WriteAllBytes(path, content);
        BakedGraph again = _baker.Bake(_bundle, _texture, Options);
        Assert.False(again.FromCache);
        Assert.Equal(first.Model, again.Model);
        Assert.True(_baker.Bake(_bundle, _texture, Options).FromCache);
    }

    [Fact]
    public void HalfWrittenFiles_OfLongAgo_MakeRoom()
    {
        Directory.CreateDirectory(_folder["cache"]);
        File.WriteAllText(_folder["cache/old.live.1.2.part"], "");
        File.SetLastWriteTimeUtc(_folder["cache/old.live.1.2.part"], DateTime.UtcNow.AddDays(-2));
        File.WriteAllText(_folder["cache/young.live.1.2.part"], "");
        _baker.Bake(_bundle, _texture, Options);
        Assert.Equal(_folder["cache/young.live.1.2.part"], Assert.Single(Directory.GetFiles(_folder["cache"], "*.part")));
    }

    [Fact]
    public void CacheFolderThatCannotBeWritten_CostsOnlyTheCache()
    {
        File.WriteAllText(_folder["file"], ""); // no folder can be made below a file, whoever the user is
        BakedGraph graph = new StyleBaker(Path.Combine(_folder["file"], "cache")).Bake(_bundle, _texture, Options);
        Assert.Equal(new StyleBaker(null).Bake(_bundle, _texture, Options).Model, graph.Model);
    }

    [Fact]
    public void Cache_KeepsTheGraphsUsedLast()
    {
        DateTime past = DateTime.UtcNow.AddDays(-2);
        Directory.CreateDirectory(_folder["cache"]);
        for (int i = 0; i < 30; i++)
        {
            string path = Path.Combine(_folder["cache"], $"{i:D64}.live");
            File.WriteAllBytes(path, [1]);
            File.SetLastAccessTimeUtc(path, past.AddHours(i));
        }
        File.WriteAllText(Path.Combine(_folder["cache"], "notes.txt"), "not ours");
        BakedGraph graph = _baker.Bake(_bundle, _texture, Options);
        string[] left = [.. Directory.GetFiles(_folder["cache"], "*.live").Select(path => Path.GetFileName(path))];
        Assert.Equal(24, left.Length);
        Assert.Contains($"{graph.Key}.live", left);
        Assert.Contains($"{29:D64}.live", left);
        Assert.DoesNotContain($"{0:D64}.live", left);
        Assert.True(File.Exists(Path.Combine(_folder["cache"], "notes.txt")));
    }

    [Fact]
    public void Key_ChangesWithEverythingThatChangesTheGraph()
    {
        ModelBundle otherWeights = Other("weights", 0.25f, TestModels.Description.NoiseSeed), otherSeed = Other("seed", 0, 8);
        float[] nearly = _texture.Values.ToArray();
        nearly[3] = MathF.BitIncrement(nearly[3]);
        BakedGraph[] graphs =
        [
            Bake(_bundle, _texture, Options),
            Bake(_bundle, TestModels.Texture(_bundle, "another"), Options),
            Bake(_bundle, new TextureCode([.. nearly.Select(value => value * 4)], "nearly"), Options),
            Bake(_bundle, _texture, new BakeOptions(64, 48)),
            Bake(_bundle, _texture, new BakeOptions(32, 64)),
            Bake(_bundle, _texture, Options with { Noise = false }),
            Bake(_bundle, _texture, Options with { Upsampling = Enum.GetValues<UpsamplingForm>().First(form => form != Options.Upsampling) }),
            Bake(_bundle, _texture, Options with { Precision = LivePrecision.Bf16 }),
            Bake(otherWeights, _texture, Options),
            Bake(otherSeed, _texture, Options),
        ];
        Assert.All(graphs, graph => Assert.False(graph.FromCache));
        Assert.Equal(graphs.Length, graphs.Select(graph => graph.Key).Distinct().Count());
        Assert.Equal(graphs.Length, graphs.Select(graph => Convert.ToHexString(SHA256.HashData(graph.Model))).Distinct().Count());

        BakedGraph Bake(ModelBundle bundle, TextureCode texture, BakeOptions options) => _baker.Bake(bundle, texture, options);
    }

    [Fact]
    public void NameOfTheTexture_DoesNotChangeTheKey() => Assert.Equal(
        _baker.Bake(_bundle, _texture, Options).Key, _baker.Bake(_bundle, new TextureCode(_texture.Values.Span, "renamed"), Options).Key);

    [Theory]
    [InlineData(60, 32)]
    [InlineData(64, 40)]
    [InlineData(0, 0)]
    [InlineData(-16, 32)]
    public void SizeThatIsNoMultiple_IsAClearErrorAndLeavesNoFile(int width, int height)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => _baker.Bake(_bundle, _texture, new BakeOptions(width, height)));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains($"{width}x{height}", error.Message);
        Assert.Contains("multiples of 16", error.Message);
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    private ModelBundle Other(string name, float moreRed, ulong noiseSeed)
    {
        Dictionary<string, WeightTensor> tensors = SaeGolden.Weights(SaeConfiguration.Tiny);
        tensors["G.ToRGB.bias"].Values[0] += moreRed;
        BundleWriter.Write(_folder[name], new SaeWeights(SaeConfiguration.Tiny, tensors),
            TestModels.Description with { NoiseSeed = noiseSeed }, "");
        return ModelBundle.Load(_folder[name]);
    }
}
