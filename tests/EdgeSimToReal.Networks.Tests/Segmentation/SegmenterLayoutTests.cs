using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Segmentation;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests.Segmentation;

public sealed class SegmenterLayoutTests
{
    [Theory]
    [InlineData("deeplabv3plus_mobilenet", 59)]
    [InlineData("deeplabv3plus_resnet50", 61)]
    public void DeepLab_NamesAndShapes_AreTheReferences(string architecture, int batchNorms)
    {
        string[] reference = File.ReadAllLines(
            Path.Combine(SharedFolder.Repository, "tests", "EdgeSimToReal.Networks.Tests", "Segmentation", $"{architecture}.txt"));
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture(architecture),
            Classes = 19,
        };
        Assert.Equal(reference.Order(), Lines(configuration.Tensors().Where(tensor => !IsStatistics(tensor))).Order());
        Assert.Equal(batchNorms, configuration.Layers().Count(layer => layer.BatchNorm is not null));
        Assert.Equal(2 * batchNorms, configuration.Tensors().Count(IsStatistics));
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet", 16, 1_811_712, 5_224_432)]
    [InlineData("deeplabv3plus_mobilenet", 19, 1_811_712, 5_225_203)]
    [InlineData("deeplabv3plus_resnet50", 16, 23_508_032, 39_760_560)]
    [InlineData("deeplabv3plus_resnet50", 19, 23_508_032, 39_761_331)]
    public void DeepLab_Totals_AreTheReferences(string architecture, int classes, long backbone, long all)
    {
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture(architecture),
            Classes = classes,
        };
        Assert.Equal(all, configuration.Tensors().Where(tensor => !IsStatistics(tensor)).Sum(tensor => tensor.Count));
        using Segmenter segmenter = new(configuration);
        Assert.Equal(all, segmenter.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(backbone, segmenter.BackboneParameters().Sum(parameter => parameter.numel()));
        Assert.Equal(all - backbone, segmenter.HeadParameters().Sum(parameter => parameter.numel()));
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("deeplabv3plus_resnet50")]
    [InlineData("unet")]
    public void Module_NamesAndShapes_AreTheConfigurations(string architecture)
    {
        SegmenterConfiguration configuration = new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture), Classes = 7 };
        using Segmenter segmenter = new(configuration);
        IEnumerable<string> module =
        [
            .. segmenter.named_parameters().Select(item => Line(item.name, item.parameter)),
            .. segmenter.named_buffers().Where(item => !item.name.EndsWith("num_batches_tracked"))
                .Select(item => Line(item.name, item.buffer)),
        ];
        Assert.Equal(Lines(configuration.Tensors()).Order(), module.Order());

        static string Line(string name, Tensor values) => $"{name} [{string.Join(", ", values.shape)}]";
    }

    [Fact]
    public void UNet_Widths_FollowTheFirst()
    {
        SegmenterConfiguration configuration = new() { Architecture = SegmenterArchitecture.UNet };
        Assert.Equal([24, 48, 96, 192], configuration.StageChannels);
        Assert.Equal([5, 10, 20, 40], (configuration with { Width = 5 }).StageChannels);
        Assert.Equal([2, 4], configuration.Layers().Where(layer => layer.Dilation > 1).Select(layer => layer.Dilation));
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet", 16, "4 8 16 16")]
    [InlineData("deeplabv3plus_mobilenet", 8, "4 8 8 8")]
    [InlineData("deeplabv3plus_resnet50", 16, "4 8 16 16")]
    [InlineData("deeplabv3plus_resnet50", 8, "4 8 8 8")]
    [InlineData("unet", 16, "2 4 8 16")]
    [InlineData("unet", 8, "1 2 4 8")]
    public void Shapes_FollowTheOutputStride(string architecture, int outputStride, string strides)
    {
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture(architecture),
            Classes = 5,
            OutputStride = outputStride,
        };
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        using Segmenter segmenter = new(configuration);
        segmenter.eval();
        (Tensor logits, IReadOnlyList<Tensor> stages) = segmenter.ForwardWithFeatures(randn(2, 3, 64, 96));
        Assert.Equal([2, 5, 64, 96], logits.shape);
        Assert.Equal(configuration.StageChannels.Zip(strides.Split(' ').Select(int.Parse), (c, s) => $"[2, {c}, {64 / s}, {96 / s}]"),
            stages.Select(stage => $"[{string.Join(", ", stage.shape)}]"));
        Assert.Equal([1, 5, 17, 31], segmenter.forward(randn(1, 3, 17, 31)).shape);
        Assert.Contains("31x15", Assert.Throws<EdgeSimException>(() => segmenter.forward(zeros(1, 3, 15, 31))).Message);
        Assert.Throws<ArgumentException>(() => segmenter.forward(zeros(1, 1, 64, 64)));
    }

    // The rule for stride that becomes dilation: a group's first block keeps the dilation before it.
    [Theory]
    [InlineData("deeplabv3plus_mobilenet", 16, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 2 2")]
    [InlineData("deeplabv3plus_mobilenet", 8, "1 1 1 1 1 1 1 2 2 2 2 2 2 2 4 4 4")]
    [InlineData("deeplabv3plus_resnet50", 16, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 2")]
    [InlineData("deeplabv3plus_resnet50", 8, "1 1 1 1 1 1 1 1 2 2 2 2 2 2 4 4")]
    public void Dilations_FollowTheOutputStride(string architecture, int outputStride, string dilations)
    {
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture(architecture),
            OutputStride = outputStride,
        };
        IEnumerable<SegmenterLayer> blocks = configuration.Layers().Where(layer => layer.IsBackbone && layer.Size == 3 && layer.Input != 3);
        Assert.Equal(dilations, string.Join(" ", blocks.Select(layer => layer.Dilation)));
        Assert.Equal(outputStride == 8 ? [12, 24, 36] : [6, 12, 18],
            configuration.Layers().Where(layer => !layer.IsBackbone && layer.Dilation > 1).Select(layer => layer.Dilation));
    }

    private static bool IsStatistics(ParameterShape tensor) => tensor.Name.Contains(".running_");

    private static IEnumerable<string> Lines(IEnumerable<ParameterShape> tensors) =>
        tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}");
}
