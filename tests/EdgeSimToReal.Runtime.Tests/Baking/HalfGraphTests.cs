using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Tests.Support;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Tests.Baking;

/// <summary>The fp16 form of live graphs: what it computes, and which layers it leaves.</summary>
public sealed class HalfGraphTests : IDisposable
{
    private const int Width = 64, Height = 32;
    private static readonly HashSet<string> None = [];

    private readonly TemporaryFolder _folder = new();
    private readonly ModelBundle _bundle;
    private readonly ModelProto _live;

    public HalfGraphTests()
    {
        _bundle = TestModels.Bundle(_folder["bundle"]);
        _live = LiveGraph.Build(_bundle, TestModels.Texture(_bundle).Values,
            new BakeOptions(Width, Height) { Upsampling = UpsamplingForm.TransposedConvolution });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Emulated_RoundsWeightsAndResults()
    {
        GraphBuilder graph = new("round", "");
        string x = graph.Input("image", "", 1, 3, 1, 1);
        graph.Output("translated", "", graph.Mul("product", x, graph.Initializer("factor", [1f / 3, 7.7f, 1e-5f], 1, 3, 1, 1)), 1, 3, 1, 1);
        float[] values = [0.1f, 1.2345678f, 0.9f];
        float[] expected = [.. values.Zip([1f / 3, 7.7f, 1e-5f], (a, b) => (float)(Half)((float)(Half)a * (float)(Half)b))];
        // The runtime's own session optimises all it can: the roundings must survive that.
        byte[] model = HalfGraph.Emulate(graph.Build("", []), None).ToByteArray();
        using (OrtGraph plain = new(model, "emulated"))
            Assert.Equal(expected, plain.Run(("image", [1, 3, 1, 1], values)));
        using LiveSession session = new(new BakedGraph(model, 1, 1, "", false));
        values.CopyTo(session.Input, 0);
        session.Run();
        Assert.Equal(expected, session.Output);
    }

    [Fact]
    public void EveryLayerInSinglePrecision_IsTheGraphItself()
    {
        HashSet<string> all = [.. HalfGraph.Layers(_live)];
        float[] expected = Run(_live);
        Assert.Equal(expected, Run(HalfGraph.Emulate(_live, all)));
        Assert.Equal(expected, Run(HalfGraph.Convert(_live, all)));
        Assert.NotEqual(expected, Run(HalfGraph.Emulate(_live, None)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Converted_HasConsistentTypes_AndComputesWhatIsEmulated(bool mixed)
    {
        // A processor computes fp16 operators in fp32 between casts, so this graph runs here, too.
        IReadOnlyList<string> layers = HalfGraph.Layers(_live);
        HashSet<string> single = [.. HalfGraph.Unrepresentable(_live), .. layers.Where((_, i) => mixed && i % 3 == 0)];
        ModelProto converted = HalfGraph.Convert(_live, single);
        Assert.True(converted.CalculateSize() < 0.75 * _live.CalculateSize());
        float[] expected = Run(_live), actual = Run(converted), emulated = Run(HalfGraph.Emulate(_live, single));
        Assert.InRange(GoldenTensor.RelativeL2(emulated, expected), 1e-5, 1e-2);
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 1e-6, 1e-2);
        Assert.Empty(OrtLog.Of("half"));
    }

    [Theory]
    [InlineData(UpsamplingForm.TransposedConvolution)]
    [InlineData(UpsamplingForm.CudaTails)]
    public void StatisticsAndColours_StayInSinglePrecision(UpsamplingForm form)
    {
        ModelBundle bundle = TestModels.Bundle(_folder["pyramid"], SaeGolden.TinyPyramid);
        ModelProto live = LiveGraph.Build(bundle, TestModels.Texture(bundle).Values, new BakeOptions(Width, Height) { Upsampling = form });
        HashSet<string> halved = [.. HalfGraph.Layers(live)];
        Assert.Superset(new HashSet<string> { "E.ToPyramid.0", "G.ToColour", "G.ToRGB", "G.UpsamplingResBlock64.lateral" }, halved);
        Assert.DoesNotContain(halved, layer => layer.Contains("tandardised", StringComparison.Ordinal) || layer.StartsWith("G.Coloured", StringComparison.Ordinal));
        ModelProto converted = HalfGraph.Convert(live, halved);
        Assert.Equal(HalfGraph.Convert(live, None).Graph.Node.Where(IsExact).Select(node => node.Name),
            converted.Graph.Node.Where(IsExact).Select(node => node.Name));
        HashSet<string> constants = [.. HalfGraph.Convert(live, None).Graph.Node.Where(IsExact).SelectMany(node => node.Input)];
        Assert.DoesNotContain(constants, name => name.EndsWith(".fp16", StringComparison.Ordinal));
        if (form == UpsamplingForm.CudaTails)
            return; // no processor runs its operators
        float[] expected = Run(live);
        HashSet<string> single = [.. HalfGraph.Unrepresentable(live)];
        Assert.InRange(GoldenTensor.RelativeL2(Run(HalfGraph.Convert(live, single)), expected), 1e-6, 1e-2);
        Assert.InRange(GoldenTensor.RelativeL2(Run(HalfGraph.Emulate(live, single)), expected), 1e-6, 1e-2);

        static bool IsExact(NodeProto node) => node.OpType == "InstanceNormalization" || node.Name.StartsWith("G.Coloured", StringComparison.Ordinal);
    }

    [Fact]
    public void NormalisationsEpsilon_IsNothingInHalfPrecision_SoItsLayerStays() =>
        Assert.Equal(["structure"], HalfGraph.Unrepresentable(_live));

    [Fact]
    public void StepsOfALayer_AreDecidedOnTogether()
    {
        Assert.Equal("G.Up0.conv1", HalfGraph.LayerOf("G.Up0.conv1.conv.blur"));
        Assert.Equal("G.Up0.conv1", HalfGraph.LayerOf("G.Up0.conv1.conv.01"));
        Assert.Equal("G.Up0.conv1", HalfGraph.LayerOf("G.Up0.conv1.activate"));
        Assert.Equal("G.Up0.conv1", HalfGraph.LayerOf("G.Up0.conv1.activate/native"));
        Assert.Equal("G.Up0.conv1", HalfGraph.LayerOf("G.Up0.conv1"));
        Assert.Equal("structure", HalfGraph.LayerOf("structure/root"));
        Assert.Equal("G.ToRGB", HalfGraph.LayerOf("G.ToRGB"));
        Assert.DoesNotContain("translated", HalfGraph.Layers(_live));
    }

    [Fact]
    public void Measurement_KeepsNoMoreThanItMust()
    {
        HalfMeasurement measurement = Measurement();
        BundleHalf loose = measurement.Run(new ImageParity(20, 10), _ => { }, default);
        Assert.Equal(["structure"], loose.Single);
        Assert.True(loose.Psnr >= 20 && loose.WorstBlock >= 10 && loose.WorstBlock <= loose.Psnr);
        Assert.Equal((1, Width, Height, "texture"), (loose.Frames, loose.Width, loose.Height, loose.Textures));
        Assert.InRange(loose.Peak, 0.1, 1000);

        // More than all-half reaches: some layers stay, the result meets the goal, and is what measuring it anew tells.
        ImageParity goal = new(loose.Psnr + 6, loose.WorstBlock + 3);
        BundleHalf strict = measurement.Run(goal, _ => { }, default);
        Assert.InRange(strict.Single.Count, 2, HalfGraph.Layers(_live).Count - 1);
        Assert.True(strict.Psnr >= goal.Psnr && strict.WorstBlock >= goal.WorstBlock);
        Assert.Equal(new ImageParity(strict.Psnr, strict.WorstBlock), measurement.Measure(new HashSet<string>(strict.Single)));
    }

    [Fact]
    public void Measurement_OfAPyramid_NamesNoLayerThatStaysInAnyCase()
    {
        ModelBundle pyramid = TestModels.Bundle(_folder["pyramid"], SaeGolden.TinyPyramid);
        BundleHalf half = new HalfMeasurement(pyramid, [TestModels.Texture(pyramid)], [TestModels.Frame(Width, Height)], (Width, Height), 1)
            .Run(new ImageParity(20, 10), _ => { }, default);
        Assert.Equal(["structure"], half.Single);
        Assert.True(half.Psnr >= 20);
    }

    [Fact]
    public void Measurement_KeepsALayerWhoseValuesComeNearTheRange()
    {
        ModelBundle loud = TestModels.Loud(_folder["loud"], "E.ToSpatialCode.0.Conv.weight", 1e6f);
        BundleHalf half = new HalfMeasurement(loud, [TestModels.Texture(loud)], [TestModels.Frame(Width, Height)], (Width, Height), 1)
            .Run(new ImageParity(20, 10), _ => { }, default);
        Assert.Contains("E.ToSpatialCode.0", half.Single);
        Assert.InRange(half.Peak, 0.1, 65504 / 4.0);
    }

    [Fact]
    public void Measured_IsReadBackFromTheManifest()
    {
        BundleHalf half = Measurement().Run(new ImageParity(20, 10), _ => { }, default);
        BundleHalfWriter.Write(_bundle, half);
        BundleHalf read = ModelBundle.Load(_folder["bundle"]).Manifest.Half!;
        Assert.Equal(half.Single, read.Single);
        Assert.Equal(half with { Single = [] }, read with { Single = [] });
    }

    [Fact]
    public void Measured_KeepsWhatWasAddedMeanwhile_AndRefusesABundleThatWasReplaced()
    {
        BundleHalf half = Measurement().Run(new ImageParity(20, 10), _ => { }, default);
        string path = _folder["bundle/bundle.json"];
        File.WriteAllText(path, BundleManifestJson.Write(_bundle.Manifest with { Description = "meanwhile" }));
        BundleHalfWriter.Write(_bundle, half);
        BundleManifest read = ModelBundle.Load(_folder["bundle"]).Manifest;
        Assert.Equal("meanwhile", read.Description);
        Assert.NotNull(read.Half);
        ModelBundle other = TestModels.Loud(_folder["other"], "E.ToSpatialCode.0.Conv.weight", 2);
        Directory.Delete(_bundle.Folder, recursive: true);
        Directory.Move(other.Folder, _bundle.Folder);
        Assert.Contains("was replaced", Assert.Throws<EdgeSimException>(() => BundleHalfWriter.Write(_bundle, half)).Message);
        Assert.Null(ModelBundle.Load(_bundle.Folder).Manifest.Half);
    }

    [Fact]
    public void Baked_InHalfPrecision_KeepsWhatTheManifestNames()
    {
        StyleBaker baker = new(_folder["cache"]);
        BakeOptions options = new(Width, Height) { Upsampling = UpsamplingForm.TransposedConvolution, Precision = LivePrecision.Fp16 };
        Assert.Contains("edgesim fp16", Assert.Throws<EdgeSimException>(
            () => baker.Bake(_bundle, TestModels.Texture(_bundle), options)).Message, StringComparison.Ordinal);

        BundleHalf half = Measurement().Run(new ImageParity(20, 10), _ => { }, default);
        BakedGraph[] baked = [.. new[] { half, half with { Single = [.. half.Single, "G.ToRGB"] } }.Select(measured =>
        {
            BundleHalfWriter.Write(_bundle, measured);
            return baker.Bake(ModelBundle.Load(_folder["bundle"]), TestModels.Texture(_bundle), options);
        })];
        Assert.NotEqual(baked[0].Key, baked[1].Key);
        Assert.Equal(HalfGraph.Convert(_live, new HashSet<string>(half.Single)), ModelProto.Parser.ParseFrom(baked[0].Model));
        Assert.Equal(TensorProto.Types.DataType.Float, TypeOf("G.ToRGB.conv.weight", baked[1]));
        Assert.Equal(TensorProto.Types.DataType.Float16, TypeOf("G.ToRGB.conv.weight.fp16", baked[0]));

        static TensorProto.Types.DataType TypeOf(string name, BakedGraph graph) => (TensorProto.Types.DataType)ModelProto.Parser
            .ParseFrom(graph.Model).Graph.Initializer.Single(tensor => tensor.Name == name).DataType;
    }

    [Fact]
    public void NothingToMeasureWith_IsAnError()
    {
        Assert.Contains("0 frames", Assert.Throws<EdgeSimException>(
            () => new HalfMeasurement(_bundle, [TestModels.Texture(_bundle)], [], (Width, Height))).Message);
        Assert.Contains("0 textures", Assert.Throws<EdgeSimException>(
            () => new HalfMeasurement(_bundle, [], [TestModels.Frame(Width, Height)], (Width, Height))).Message);
    }

    private HalfMeasurement Measurement() =>
        new(_bundle, [TestModels.Texture(_bundle)], [TestModels.Frame(Width, Height)], (Width, Height), 1);

    private static float[] Run(ModelProto model)
    {
        using OrtGraph graph = new(model.ToByteArray(), "half");
        Random random = new(5);
        float[] image = [.. Enumerable.Range(0, 3 * Width * Height).Select(_ => (random.NextSingle() * 2) - 1)];
        return graph.Run((LiveGraph.InputName, [1, 3, Height, Width], image));
    }
}
