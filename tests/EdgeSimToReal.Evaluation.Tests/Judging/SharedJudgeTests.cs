using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Evaluation.Tests.Judging;

/// <summary>Networks that others trained, against the readings that were published with them (weights/teachers in the shared folder).</summary>
public sealed class SharedJudgeTests
{
    [Theory]
    [InlineData("dicenet-1.75-cityscapes-512x256.onnx", 1, 0.519, 0.766)]
    [InlineData("sinet.onnx", 2, 0.480, 0.757)]
    public void CamVidValidation_ReadsAsPublished(string file, double scale, double meanIoU, double accuracy)
    {
        ConfusionMatrix confusion = Read(file, scale, SharedFolder.Require("data", "real-camvid11", "val"), LabelSpaces.CamVid11,
            LabelSpaces.Shared10Wide);
        Assert.Equal(meanIoU, confusion.MeanIoU(), 0.002);
        Assert.Equal(accuracy, confusion.OverallAccuracy(), 0.002);
    }

    [Fact]
    public void SimulatorValidation_ReadsAsPublished()
    {
        // Published with terrain as vegetation and guard rails as fences.
        ConfusionMatrix confusion = Read("dicenet-1.75-cityscapes-512x256.onnx", 1, SharedFolder.Require("data", "sim-carla23", "val"),
            LabelSpaces.Carla23, LabelSpaces.Shared10Wide);
        Assert.Equal(0.361, confusion.MeanIoU(), 0.002);
        Assert.Equal(0.837, confusion.OverallAccuracy(), 0.002);
    }

    private static ConfusionMatrix Read(string file, double scale, string folder, LabelSpace labels, LabelSpace figures)
    {
        string path = SharedFolder.Require("weights", "teachers", file);
        using Judge judge = Judge.Load(path, figures, 1, LabelSpaces.CityscapesTrainIds, scale);
        using ImageFolderSource source = new(folder, labels);
        ConfusionMatrix sum = new(figures.Count);
        while (source.Take(CancellationToken.None) is { } frame)
        {
            sum.Add(judge.Read([frame])[0].Confusion);
            source.Return(frame);
        }
        return sum;
    }
}
