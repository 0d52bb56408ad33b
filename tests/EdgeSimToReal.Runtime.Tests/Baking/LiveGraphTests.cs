using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Tests.Support;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Tests.Baking;

/// <summary>The frozen live graph against the exported graphs that it is made from, in ONNX Runtime.</summary>
public sealed class LiveGraphTests : IClassFixture<LiveGraphTests.Models>
{
    private const double MaxRelative = 1e-5;

    // The default form may need the native library, which a plain session lacks.
    private static readonly BakeOptions Standard = new(64, 32) { Upsampling = UpsamplingForm.TransposedConvolution };

    private readonly Models _models;

    public LiveGraphTests(Models models) => _models = models;

    // Of standard operators; the form that needs the native library is checked beside its operators.
    [Theory]
    [InlineData("tiny", true)]
    [InlineData("tiny", false)]
    [InlineData("tiny-pyramid", true)]
    [InlineData("edge-pyramid", true)]
    [InlineData("edge-pyramid", false)]
    [InlineData("edge", true)]
    [InlineData("edge", false)]
    public void StandardForm_EqualsTheUnfrozenGraphs_WithoutAWarning(string preset, bool noise)
    {
        ModelBundle bundle = _models[preset];
        TextureCode texture = TestModels.Texture(bundle);
        // Not square, and the first is as small as the structure encoder takes.
        foreach ((int width, int height) in new[] { (32, 16), (80, 48) })
        {
            BakeOptions options = new(width, height) { Noise = noise, Upsampling = UpsamplingForm.TransposedConvolution };
            string name = $"live {preset} {options}";
            using OrtGraph live = new(LiveGraph.Build(bundle, texture.Values, options).ToByteArray(), name);
            float[] image = Image(width, height);
            double relative = GoldenTensor.RelativeL2(
                live.Run((LiveGraph.InputName, [1, 3, height, width], image)),
                _models.Unfrozen(preset, image, texture, width, height, noise));
            Assert.True(relative <= MaxRelative, $"{options}: relative L2 {relative:E2}.");
            Assert.Empty(OrtLog.Of(name));
        }
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("tiny-pyramid")]
    [InlineData("edge-pyramid")]
    [InlineData("edge")]
    public void ExportedGraphs_LoadWithoutAWarning(string preset)
    {
        foreach (string role in new[] { BundleRoles.StructureEncoder, BundleRoles.TextureEncoder, BundleRoles.Generator })
        {
            string plain = $"exported {preset} {role}", optimised = $"optimised {preset} {role}";
            new OrtGraph(_models[preset].Content(role), plain).Dispose();
            SessionFactory.Create(_models[preset].Content(role), optimised, 1).Dispose();
            Assert.Empty(OrtLog.Of(plain).Concat(OrtLog.Of(optimised)));
        }
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("tiny-pyramid")]
    public void LiveGraph_LoadsInTheRuntimesOwnSessionWithoutAWarning(string preset)
    {
        // The default form: with native operators where they are built.
        ModelBundle bundle = _models[preset];
        string name = $"own session {preset}";
        BakeOptions options = new(64, 32);
        SessionFactory.Create(LiveGraph.Build(bundle, TestModels.Texture(bundle).Values, options).ToByteArray(), name, 1).Dispose();
        Assert.Empty(OrtLog.Of(name));
    }

    [Fact]
    public void UnusedInitializer_IsAWarning_SoThatTheChecksAboveCanFail()
    {
        GraphBuilder graph = new("unused", "A graph with an initialiser that nothing reads.");
        string x = graph.Input("x", "", 1);
        graph.Initializer("nobody", [1f], 1);
        graph.Output("y", "", graph.LeakyRelu("act", x), 1);
        byte[] model = graph.Build("", []).ToByteArray();
        new OrtGraph(model, "unused plain").Dispose();
        SessionFactory.Create(model, "unused optimised", 1).Dispose();
        Assert.Contains(OrtLog.Of("unused plain"), message => message.Contains("nobody", StringComparison.Ordinal));
        Assert.Contains(OrtLog.Of("unused optimised"), message => message.Contains("nobody", StringComparison.Ordinal));
    }

    [Fact]
    public void NothingOfTheTextureButWeights_IsLeft()
    {
        ModelBundle bundle = _models["tiny"];
        ModelProto model = LiveGraph.Build(bundle, TestModels.Texture(bundle).Values, Standard);
        ValueInfoProto input = Assert.Single(model.Graph.Input), output = Assert.Single(model.Graph.Output);
        Assert.Equal(("image", "translated"), (input.Name, output.Name));
        Assert.Equal([1, 3, 32, 64], input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue));
        Assert.Equal([1, 3, 32, 64], output.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue));
        // No style layer; the one product left is the modulation of the structure code.
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType is "Gemm" or "MatMul");
        Assert.Equal(["G.SpatialCodeModulation.product"],
            model.Graph.Node.Where(node => node.OpType == "Mul").Select(node => node.Name)
                .Where(node => !node.EndsWith("/squares", StringComparison.Ordinal)));
    }

    [Fact]
    public void NoiseOff_DiffersFromNoiseOn_AndSoDoesAnotherTexture()
    {
        ModelBundle bundle = _models["tiny"];
        float[] on = Run(TestModels.Texture(bundle), Standard);
        float[] off = Run(TestModels.Texture(bundle), Standard with { Noise = false });
        float[] other = Run(TestModels.Texture(bundle, "another"), Standard);
        Assert.True(GoldenTensor.RelativeL2(off, on) > 1e-3);
        Assert.True(GoldenTensor.RelativeL2(other, on) > 1e-2);

        float[] Run(TextureCode texture, BakeOptions options)
        {
            using OrtGraph live = new(LiveGraph.Build(bundle, texture.Values, options).ToByteArray(), "difference");
            return live.Run((LiveGraph.InputName, [1, 3, 32, 64], Image(64, 32)));
        }
    }

    [Theory]
    [InlineData("edge")]
    [InlineData("edge-pyramid")]
    public void SameFrameTwice_GivesTheSameBytes(string preset)
    {
        // In the runtime's own session with several threads: a static scene must translate to a static picture.
        ModelBundle bundle = _models[preset];
        using LiveSession session = new(new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(96, 64)), 2);
        Image(96, 64).CopyTo(session.Input, 0);
        session.Run();
        float[] first = [.. session.Output];
        for (int i = 0; i < 3; i++)
        {
            session.Output.AsSpan().Fill(float.NaN);
            session.Run();
            Assert.Equal(first, session.Output);
        }
    }

    private static float[] Image(int width, int height) => GoldenTensor.Create($"live {width}x{height}", 3 * width * height, 1);

    /// <summary>Bundles and their exported graphs in ONNX Runtime, made once.</summary>
    public sealed class Models : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Dictionary<string, ModelBundle> _bundles = [];
        private readonly Dictionary<string, (OrtGraph Encoder, OrtGraph Generator)> _graphs = [];
        private readonly Dictionary<string, float[]> _results = [];

        public Models()
        {
            foreach (string preset in new[] { "tiny", "tiny-pyramid", "edge", "edge-pyramid" })
            {
                ModelBundle bundle = TestModels.Bundle(_folder[preset], SaeGolden.Configuration(preset));
                _bundles[preset] = bundle;
                _graphs[preset] = (
                    new OrtGraph(bundle.Content(BundleRoles.StructureEncoder), $"unfrozen {preset}"),
                    new OrtGraph(bundle.Content(BundleRoles.Generator), $"unfrozen {preset}"));
            }
        }

        public ModelBundle this[string preset] => _bundles[preset];

        /// <summary>The exported graphs' image, [1, 3, height, width]; computed once per case.</summary>
        public float[] Unfrozen(string preset, float[] image, TextureCode texture, int width, int height, bool noise)
        {
            string key = $"{preset} {width} {height} {noise}";
            if (_results.TryGetValue(key, out float[]? result))
                return result;
            SaeConfiguration configuration = _bundles[preset].Configuration;
            IReadOnlyList<(long[] Shape, float[] Values)> structures = _graphs[preset].Encoder.RunAll((SaeExporter.Image, [1, 3, height, width], image));
            Dictionary<string, WeightTensor> maps = FixedNoise.Maps(configuration, height, width, _bundles[preset].Manifest.NoiseSeed);
            result = _graphs[preset].Generator.Run(
            [
                .. SaeExporter.StructureNames(configuration).Zip(structures, (name, value) => (name, value.Shape, value.Values)),
                (SaeExporter.Texture, [1, configuration.TextureChannels], texture.Values.ToArray()),
                .. configuration.NoiseLayers.Select(layer => (SaeExporter.NoiseInput(layer),
                    maps[layer.Name].Shape.Select(side => (long)side).ToArray(),
                    noise ? maps[layer.Name].Values : new float[maps[layer.Name].Count])),
            ]);
            _results[key] = result;
            return result;
        }

        public void Dispose()
        {
            foreach ((OrtGraph encoder, OrtGraph generator) in _graphs.Values)
            {
                encoder.Dispose();
                generator.Dispose();
            }
            _folder.Dispose();
        }
    }
}
