using System.Text.Json;
using EdgeSimToReal.Evaluation.Ablation;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation.Tests.Ablation;

public class AblationReportTests
{
    [Fact]
    public void Table_HasOursBesideThePapers_TheBestInBold()
    {
        string[] lines = AblationMarkdown.Table(Report()).Split('\n');
        Assert.Equal("| variant | λ_out | λ_in | seeds | Overall Acc | Mean acc | mIoU | Fréchet² (judge) | paper: Overall Acc | Mean acc "
            + "| mIoU | FID |", lines[0]);
        Assert.Equal("| baseline | 0.0 | 0.0 | 2 | 0.500 ± 0.141 | 0.300 ± 0.000 | 0.200 ± 0.000 | **7.000 ± 1.414** | 0.530 | 0.167 "
            + "| 0.112 | 65.26 |", lines[2]);
        Assert.Equal("| best | 3.0 | 0.0 | 2, 1 diverged | **0.700** | **0.400** | **0.250** | 9.000 | 0.692 | 0.382 | 0.254 | 76.08 |",
            lines[3]);
        Assert.Equal("| gone | – | – | 1, 1 diverged | – | – | – | – | – | – | – | – |", lines[4]);
        Assert.Equal("| *real* (ceiling) |  |  |  | 0.900 | 0.800 | 0.700 |  |  |  |  |  |", lines[5]);
        Assert.Contains("this is not FID", lines[7]);
        AblationReport fid = Report() with { Settings = Report().Settings! with { FidPreprocessing = "clean-fid" } };
        Assert.DoesNotContain("not FID", AblationMarkdown.Table(fid));
    }

    [Fact]
    public void PaperTable_IsThePapers()
    {
        // Table 4.3: λ_out, λ_in, overall accuracy, mean accuracy, mIoU, FID.
        Assert.Equal(7, PaperTable.Rows.Count);
        Assert.Equal(new PaperRow(2, 2, 0.675, 0.351, 0.237, 66.26), PaperTable.Find(2, 2));
        Assert.Equal(0.254, PaperTable.Rows.Max(row => row.MeanIoU));
        Assert.Equal(60.13, PaperTable.Rows.Min(row => row.Fid));
        Assert.Null(PaperTable.Find(2, 1));
    }

    [Fact]
    public void Write_GivesAllFiles_AndTellsHowItWasMade()
    {
        using TemporaryFolder folder = new();
        AblationFolder.Write(folder["report"], Report());
        Assert.Equal((1000, 600), (ImageFile.Read(folder["report/miou.png"]).Width, ImageFile.Read(folder["report/miou.png"]).Height));
        string text = File.ReadAllText(folder["report/report.md"]);
        foreach (string part in new[]
        {
            "> **careful**", "edgesim ablate plan.json", "{ \"the\": \"plan\" }", "{ \"images\": 8 }", "`weights.outer=3`", "it collapsed",
            "![shown](figure.png)", "`aa11`", "colour, id 01",
        })
        {
            Assert.Contains(part, text);
        }
        JsonElement json = JsonDocument.Parse(File.ReadAllText(folder["report/report.json"])).RootElement;
        Assert.Equal(0.112, json.GetProperty("variants")[0].GetProperty("paper").GetProperty("meanIoU").GetDouble());
        Assert.Equal(7, json.GetProperty("variants")[0].GetProperty("distance").GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal("it collapsed", json.GetProperty("variants")[1].GetProperty("runs")[1].GetProperty("divergence").GetString());
    }

    private static AblationReport Report() => new()
    {
        Title = "Weights",
        Command = "edgesim ablate plan.json",
        Version = "0.1.0",
        Machine = MachineInfo.Current,
        Finished = DateTime.UnixEpoch,
        Warnings = ["careful"],
        Plan = "{ \"the\": \"plan\" }\n",
        Configuration = "{ \"images\": 8 }",
        Judge = new JudgeFacts("colour", "01", "shared10", 0.75, [], false, false),
        Settings = new EvaluationSettings("shared10", true, 0, 10, 1, null),
        Data = [new DataFacts("judge", "j.onnx", 0, "aa11")],
        References = [new ReadingReport("real", "ceiling", 3, new(0.9), new(0.8), new(0.7), new(0.1), [], [], [])],
        Figures = [new AblationFigure("figure.png", "shown")],
        Variants =
        [
            AblationVariant.Of("baseline", "tiny", [], (0, 0), PaperTable.Find(0, 0),
            [
                new AblationRun(1, "a", null, "c1", 0.4, 0.3, 0.2, 6), new AblationRun(2, "b", null, "c2", 0.6, 0.3, 0.2, 8),
            ]),
            AblationVariant.Of("best", "tiny", ["weights.outer=3"], (3, 0), PaperTable.Find(3, 0),
            [
                new AblationRun(1, "c", null, "c3", 0.7, 0.4, 0.25, 9), new AblationRun(2, "d", "it collapsed"),
            ]),
            AblationVariant.Of("gone", "tiny", [], null, null, [new AblationRun(1, "e", "it collapsed")]),
        ],
    };
}
