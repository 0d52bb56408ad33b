using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Evaluation.Tests.Reports;

public class TrainingReportTests
{
    private const string Lines = """
        {"step":10,"loss/semantic":2.5,"rate":0.1}
        {"step":20,"loss/semantic":1.5,"rate":null,"validation/miou":0.25,"validation/iou/road":0.5}
        {"step":30,"loss/semantic":1,"validation/miou":0.75,"validation/iou/road":0.875}
        {"step":40,"loss/semantic":0.5,"validation/miou":0.5,"validation/iou/road":0.625}
        """;

    [Fact]
    public void TheBestValidation_IsTold_WithItsClasses_AndTheCurvesAreDrawn()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["metrics.jsonl"], Lines);
        TrainingCurves curves = new(folder["metrics.jsonl"]);
        Assert.Equal([(10, 2.5), (20, 1.5), (30, 1), (40, 0.5)], curves["loss/semantic"]);
        Assert.Equal([(10, 0.1)], curves["rate"]);
        Assert.Empty(curves["nothing"]);
        (long step, IReadOnlyDictionary<string, double> figures) = curves.Best()!.Value;
        Assert.Equal((30, 0.75, 0.875), (step, figures["validation/miou"], figures["validation/iou/road"]));
        new TrainingReport
        {
            Title = "a segmenter",
            Command = "edgesim-train segmenter",
            Data = [new DataFacts("training", "here", 3, "abc")],
            Curves = curves,
        }.Write(folder.Path);
        string text = File.ReadAllText(folder["report.md"]);
        Assert.Contains("at step 30", text);
        Assert.Contains("| iou/road | 0.8750 |", text);
        Assert.Contains("| training | 3 | `here` | `abc` |", text);
        foreach (string name in new[] { "losses.png", "validation.png" })
        {
            Assert.Contains($"({name})", text);
            Frame picture = ImageFile.Read(folder[name]);
            Assert.Equal((1000, 500), (picture.Width, picture.Height));
        }
    }

    [Fact]
    public void WithoutValidation_ThereIsNone()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["metrics.jsonl"], """{"step":10,"loss/semantic":2.5}""");
        TrainingCurves curves = new(folder["metrics.jsonl"]);
        Assert.Null(curves.Best());
        new TrainingReport { Title = "a", Command = "b", Data = [], Curves = curves }.Write(folder.Path);
        Assert.False(File.Exists(folder["validation.png"]));
        Assert.DoesNotContain("validation", File.ReadAllText(folder["report.md"]));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("{\"images\":3}")]
    [InlineData("{\"step\":\"one\"}")]
    public void WhatIsNoFigure_IsTold_WithItsLine(string line)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["metrics.jsonl"], "{\"step\":1}\n" + line);
        Assert.Contains("Line 2", Assert.Throws<EdgeSimException>(() => new TrainingCurves(folder["metrics.jsonl"])).Message);
    }
}
