using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Evaluation.Tests.Support;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;

namespace EdgeSimToReal.Evaluation.Tests;

public sealed class EvaluatorTests : IDisposable
{
    private const int Structures = 5;
    private const int WrongRows = 16;
    private const string JudgeId = "00112233445566aa";

    private readonly TemporaryFolder _folder = new();
    private readonly EvaluationOptions _options;

    public EvaluatorTests()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10, JudgeId);
        _options = new EvaluationOptions
        {
            Bundle = Scenes.WriteBundle(_folder["bundle"]),
            Judge = _folder["judge.onnx"],
            Structures = Scenes.WritePainted(_folder["sim"], Structures, LabelSpaces.Carla23, WrongRows),
            StructureLabels = LabelSpaces.Carla23,
            Textures = [Scenes.WritePhoto(_folder["a.png"], 1), Scenes.WritePhoto(_folder["b.png"], 2)],
            Real = Scenes.WritePainted(_folder["real"], 7, LabelSpaces.CamVid11, seed: 2),
            RealLabels = LabelSpaces.CamVid11,
            Replicates = 50,
            Threads = 1,
            Command = "edgesim evaluate",
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_FloorAndCeiling_AreThePaintersOwn()
    {
        EvaluationReport report = Run(_options);
        ReadingReport floor = Reading(report, "untranslated"), ceiling = Reading(report, "real");
        Assert.Equal((Structures, 7), (floor.Images, ceiling.Images));
        Assert.Equal(new Estimate(1, 1, 1), ceiling.OverallAccuracy);
        Assert.Equal(new Estimate(1, 1, 1), ceiling.MeanIoU);
        // A quarter of the rows is painted as the next class; every image alike, so the interval has no width.
        Assert.Equal(new Estimate(0.75, 0.75, 0.75), floor.OverallAccuracy);
        Assert.True(floor.MeanIoU.Value < 0.75 && floor.MeanNll.Value > ceiling.MeanNll.Value);
        Assert.Equal(7 * Scenes.Side * Scenes.Side, ceiling.ConfusionMatrix.Sum(row => row.Sum()));
        Assert.Empty(ceiling.ByTexture);
        Assert.Equal(LabelSpaces.Shared10.Classes.Select(c => c.Name), report.Classes);
        Assert.Contains(report.Warnings, warning => warning.Contains("names no teachers", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.Contains("--resnet18", StringComparison.Ordinal));
        Assert.Null(report.Guard);
    }

    [Fact]
    public void Run_Translated_IsEveryStructureWithEveryTexture()
    {
        EvaluationReport report = Run(_options);
        ReadingReport translated = Reading(report, "translated"), colours = Reading(report, "colour transfer");
        Assert.Equal((2 * Structures, 2 * Structures), (translated.Images, colours.Images));
        ConfusionMatrix expected = new(10), expectedColours = new(10);
        using Judge judge = Judge.Load(_options.Judge);
        foreach (string path in _options.Textures)
        {
            Frame photo = ImageFile.Read(path);
            using TextureEncoder encoder = new(_options.Bundle, 1);
            BakedGraph graph = new StyleBaker(null).Bake(_options.Bundle, encoder.Encode(photo, ""), new BakeOptions(Scenes.Side, Scenes.Side));
            using LiveTranslator translator = new(graph, FitPolicy.Exact, "", 1);
            using ImageFolderSource source = new(_options.Structures, LabelSpaces.Carla23);
            ReinhardTransfer transfer = new(photo);
            while (source.Take(CancellationToken.None) is { } frame)
            {
                Frame labelled = new(Scenes.Side, Scenes.Side, withTags: true) { TagSpace = frame.TagSpace };
                frame.Tags.CopyTo(labelled.Tags, 0);
                translator.Translate(frame, out _).Bgra.CopyTo(labelled.Bgra, 0);
                expected.Add(judge.Read([labelled])[0].Confusion);
                expectedColours.Add(judge.Read([transfer.Apply(frame)])[0].Confusion);
                source.Return(frame);
            }
        }
        Check(expected, translated);
        Check(expectedColours, colours);
        Assert.Equal(["a", "b"], translated.ByTexture.Select(texture => texture.Texture));
        Assert.Equal(translated.OverallAccuracy.Value!.Value, translated.ByTexture.Average(texture => texture.OverallAccuracy)!.Value, 1e-12);

        static void Check(ConfusionMatrix expected, ReadingReport reading)
        {
            for (int t = 0; t < 10; t++)
                Assert.Equal(Enumerable.Range(0, 11).Select(p => expected[t, p]), reading.ConfusionMatrix[t]);
            Assert.Equal(expected.MeanIoU(), reading.MeanIoU.Value!.Value, 1e-12);
        }
    }

    [Fact]
    public void Run_Distances_AreOnTheJudgesFeatures_AndOnInceptionsWhereGiven()
    {
        WriteInception(_folder["inception.onnx"]);
        EvaluationReport report = Run(_options with
        {
            Inception = _folder["inception.onnx"],
            FidPreprocessing = FidPreprocessing.CleanFid,
            OtherReal = Scenes.WritePainted(_folder["other"], 6, LabelSpaces.CamVid11, seed: 3),
        });
        string[] sets = ["translated", "colour transfer", "colour by class", "untranslated", "other real"];
        Assert.Equal([.. sets.Select(set => ("judge", set)), .. sets.Select(set => ("inception", set))],
            report.Distances.Select(distance => (distance.Features, distance.Set)));
        // The judge's features are mean colours: what they give is computed again from the files.
        FeatureSet real = MeanColours(_options.Real), raw = MeanColours(_options.Structures);
        DistanceReport untranslated = report.Distances[3];
        Assert.Equal(new FrechetDistance(real).SquaredTo(raw), untranslated.FrechetSquared.Value!.Value, 1e-6);
        Assert.Equal(new KernelDistance(raw, real).Unbiased(), untranslated.Kernel.Value!.Value, 1e-6);
        Assert.Equal((Structures, 7, 5), (untranslated.Images, untranslated.ReferenceImages, untranslated.SubsetSize));
        Assert.Equal(2 * Structures, report.Distances[0].Images);
        string text = EvaluationMarkdown.Write(report);
        Assert.Contains("This is not FID", text);
        // Among the readings and by both kinds of features.
        Assert.Equal(3, text.Split("| **untranslated** (identity").Length - 1);
        Assert.Contains("clean-fid", text);
        Assert.Equal("clean-fid", report.Settings.FidPreprocessing);

        static FeatureSet MeanColours(string folder)
        {
            FeatureSet set = new(3);
            using ImageFolderSource source = new(folder, LabelSpaces.Carla23);
            while (source.Take(CancellationToken.None) is { } frame)
            {
                set.Add([.. Enumerable.Range(0, 3)
                    .Select(c => (float)Enumerable.Range(0, frame.PixelCount).Average(i => (frame.Bgra[(4 * i) + 2 - c] / 127.5) - 1))]);
                source.Return(frame);
            }
            return set;
        }
    }

    [Fact]
    public void Run_ByTexture_MeansGainsAndDistances_AreThoseOfEachTextureAlone()
    {
        EvaluationReport report = Run(_options);
        ReadingReport translated = Reading(report, "translated"), raw = Reading(report, "untranslated");
        TextureMean mean = report.TextureMeans[0];
        Assert.Equal(("translated", 2), (mean.Set, mean.Textures));
        double expected = translated.ByTexture.Average(texture => texture.MeanIoU!.Value);
        Assert.Equal(expected, mean.MeanIoU.Value!.Value, 1e-12);
        Assert.Equal(expected - raw.MeanIoU.Value!.Value, mean.MeanIoUGain.Value!.Value, 1e-12);
        Assert.Equal(mean.MeanIoUGain.Value, mean.MeanIoUGainHere.Value);
        Assert.All([mean.MeanIoU, mean.MeanIoUGain, mean.MeanIoUGainHere],
            estimate => Assert.InRange(estimate.Value!.Value, estimate.Low!.Value - 1e-12, estimate.High!.Value + 1e-12));
        EvaluationReport one = Run(_options with { Textures = [_options.Textures[0]] }), two = Run(_options with { Textures = [_options.Textures[1]] });
        Assert.Empty(one.TextureMeans);
        Assert.Equal((one.Distances[0].FrechetSquared.Value!.Value + two.Distances[0].FrechetSquared.Value!.Value) / 2,
            report.Distances[0].FrechetPerTexture!.Value, 1e-9);
        Assert.Null(report.Distances.Single(distance => distance.Set == "untranslated").FrechetPerTexture);
        string text = EvaluationMarkdown.Write(report);
        Assert.Contains("mIoU above untranslated", text);
        ReportFolder.Write(_folder["report"], report);
        Assert.Equal(report.TextureMeans, EvaluationReportJson.Read(_folder["report/report.json"]).TextureMeans);
    }

    [Fact]
    public void Run_OnResNet18_MeasuresAtThreeSizes_AndCallsItNotFid()
    {
        EvaluationReport report = Run(_options with { ResNet18 = Path.Combine(AppContext.BaseDirectory, ResNet18File.Name), Limit = 3 });
        Assert.DoesNotContain(report.Warnings, warning => warning.Contains("ResNet18", StringComparison.Ordinal));
        foreach (string kind in new[] { "resnet18/8", "resnet18/16", "resnet18/32" })
        {
            DistanceReport[] distances = [.. report.Distances.Where(distance => distance.Features == kind)];
            Assert.Equal("translated", distances[0].Set);
            Assert.All(distances, distance => Assert.True(distance.FrechetSquared.Value > 0));
        }
        string text = EvaluationMarkdown.Write(report);
        Assert.Contains("maps at 1/16 of an ImageNet ResNet18", text);
        Assert.Contains("**This is not FID**", text);
        Assert.Contains("resnet18", report.Data.Select(data => data.Role));
    }

    [Fact]
    public void Run_OnFeaturesThatTheModelWasHeldTo_WarnsThatTheyFlatterIt()
    {
        string network = Path.Combine(AppContext.BaseDirectory, ResNet18File.Name);
        EvaluationReport report = Run(_options with
        {
            ResNet18 = network,
            Limit = 2,
            Bundle = Scenes.WriteBundle(_folder["held"], "ff", NetworkIdentity.Read(network)),
        });
        Assert.Contains(report.Warnings, warning => warning.Contains("took part in the training of 'tiny'", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_AForeignJudge_IsReadAtItsScale_AndKnownByItsWeights()
    {
        // The same judge without metadata: RGB in [0, 1], and its classes have to be named.
        string path = _folder["foreign.onnx"];
        ColourJudge.WriteForeign(path, LabelSpaces.Shared10);
        EvaluationOptions options = _options with { Judge = path, Limit = 3 };
        Assert.Contains("--judge-space", Assert.Throws<EdgeSimException>(() => Run(options)).Message);
        EvaluationReport report = Run(options with { JudgeSpace = LabelSpaces.Shared10 }), own = Run(_options with { Limit = 3 });
        Assert.Equal(Reading(own, "translated").ConfusionMatrix, Reading(report, "translated").ConfusionMatrix);
        Assert.Equal(("foreign", NetworkIdentity.Read(path)), (report.Judge.Architecture, report.Judge.Id));
        Assert.DoesNotContain(report.Distances, distance => distance.Features == "judge");
        EvaluationReport doubled = Run(options with { JudgeSpace = LabelSpaces.Shared10, JudgeScale = 2 });
        Assert.Equal(2, doubled.Judge.Scale);
        // Pictures of flat rows stay what they are, but for rows at borders.
        Assert.InRange(Reading(doubled, "real").OverallAccuracy.Value!.Value, 0.9, 1);
        string id = NetworkIdentity.Read(path);
        Assert.Contains(id, Assert.Throws<EdgeSimException>(() => Run(options with
        {
            JudgeSpace = LabelSpaces.Shared10,
            Bundle = Scenes.WriteBundle(_folder["taught"], "ff", id),
        })).Message);
    }

    [Fact]
    public void Run_AJudgeThatTaught_IsRefused_OrMarked()
    {
        EvaluationOptions taught = _options with { Bundle = Scenes.WriteBundle(_folder["taught"], "ff", JudgeId) };
        Assert.Contains("--allow-teacher", Assert.Throws<EdgeSimException>(() => Run(taught)).Message);
        EvaluationReport report = Run(taught with { AllowTeacher = true, Limit = 2 });
        Assert.True(report.Judge.TookPart);
        Assert.Contains("TOOK PART", report.Warnings[0]);
        Assert.Contains($"> **{report.Warnings[0]}**", EvaluationMarkdown.Write(report));
        EvaluationReport free = Run(_options with { Bundle = Scenes.WriteBundle(_folder["other"], "ff"), Limit = 2 });
        Assert.False(free.Judge.TookPart);
        Assert.DoesNotContain(free.Warnings, warning => !warning.Contains("ResNet18", StringComparison.Ordinal));
        Assert.Equal(["ff"], free.Model.Teachers);
    }

    [Fact]
    public void Run_AJudgeThatChoseTheCheckpoint_IsMarked()
    {
        EvaluationReport report = Run(_options with { Bundle = Scenes.WriteBundle(_folder["chosen"], ["ff"], ["ee", JudgeId]), Limit = 2 });
        Assert.Equal((false, true), (report.Judge.TookPart, report.Judge.Selected));
        Assert.Equal(["ee", JudgeId], report.Model.SelectedBy);
        Assert.Contains($"THE JUDGE ({JudgeId}) CHOSE THE CHECKPOINT OF 'tiny'", report.Warnings[0]);
        string text = EvaluationMarkdown.Write(report);
        Assert.Contains($"> **{report.Warnings[0]}**", text);
        Assert.Contains($"Checkpoint chosen by: ee, {JudgeId}.", text);
        ReportFolder.Write(_folder["report"], report);
        EvaluationReport read = EvaluationReportJson.Read(_folder["report/report.json"]);
        Assert.True(read.Judge.Selected);
        Assert.Equal(report.Model.SelectedBy, read.Model.SelectedBy);
        // A report of before tells neither.
        File.WriteAllText(_folder["old.json"], System.Text.RegularExpressions.Regex.Replace(EvaluationReportJson.Write(report),
            "\"(selected\": true|scale\": 1),?|,?\\s*\"selectedBy\": \\[[^]]*\\]", "").Replace("\"tookPart\": false,", "\"tookPart\": false"));
        read = EvaluationReportJson.Read(_folder["old.json"]);
        Assert.False(read.Judge.Selected);
        Assert.Contains("Checkpoint chosen by: none named.", EvaluationMarkdown.Write(read));
    }

    [Fact]
    public void Run_ADamagedVideo_IsFoundBeforeAnythingIsRead()
    {
        Evaluator evaluator = new(_options with { Video = new StabilityVideo("cut off", ExactFlow: false, Frames(), 3) });
        Assert.Contains("frame 2", Assert.Throws<EdgeSimException>(() => evaluator.Run(CancellationToken.None)).Message);
        Assert.Equal(1, evaluator.Done);

        static IEnumerable<FlowFrame> Frames()
        {
            yield return new FlowFrame(Scenes.Noise(Scenes.Side, Scenes.Side, 1));
            throw new EdgeSimException("frame 2 is damaged");
        }
    }

    [Fact]
    public void Run_Twice_GivesOneReport_AndItsChecksumsSeeEveryByte()
    {
        EvaluationOptions few = _options with { Limit = 2 };
        EvaluationReport first = Run(few), second = Run(few);
        Assert.Equal(Text(first), Text(second));
        Assert.Equal(2, Reading(first, "untranslated").Images);
        Assert.Equal(["judge", "structures", "texture", "texture", "real"], first.Data.Select(data => data.Role));
        Assert.Equal([0, 2, 1, 1, 7], first.Data.Select(data => data.Images));
        // Of five, the two that are taken are the first and the third.
        File.Copy(_folder["sim/labels/0.png"], _folder["sim/labels/1.png"], overwrite: true);
        Assert.Equal(first.Data[1], Run(few).Data[1]);
        File.Copy(_folder["sim/labels/0.png"], _folder["sim/labels/2.png"], overwrite: true);
        EvaluationReport third = Run(few);
        Assert.NotEqual(first.Data[1].Sha256, third.Data[1].Sha256);
        Assert.Equal(first.Data[4], third.Data[4]);

        static string Text(EvaluationReport report) => EvaluationReportJson.Write(report with { Finished = default, Seconds = 0 });
    }

    [Fact]
    public void Run_WithSomethingWrong_TellsWhat()
    {
        Assert.Contains("no labels", Assert.Throws<EdgeSimException>(() => Run(_options with { Real = _folder["sim/images"] })).Message);
        Assert.Contains("carla23", Assert.Throws<EdgeSimException>(() => Run(_options with { Space = LabelSpaces.Carla23 })).Message);
        Assert.Contains("absent.png", Assert.Throws<EdgeSimException>(() => Run(_options with { Textures = [_folder["absent.png"]] })).Message);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Evaluator(_options).Run(cancelled.Token));
    }

    [Fact]
    public void Write_TheReport_GivesAllItsFiles()
    {
        ReportFolder.Write(_folder["report"], Run(_options with { Limit = 3 }));
        foreach (string plot in new[] { "iou.png", "distance.png" })
        {
            Frame picture = ImageFile.Read(_folder[$"report/{plot}"]);
            Assert.Equal((1000, 600), (picture.Width, picture.Height));
        }
        Assert.Contains("| **untranslated**", File.ReadAllText(_folder["report/report.md"]));
        Assert.Contains("\"frechetSquared\"", File.ReadAllText(_folder["report/report.json"]));
    }

    private static EvaluationReport Run(EvaluationOptions options) => new Evaluator(options).Run(CancellationToken.None);

    private static ReadingReport Reading(EvaluationReport report, string set) => report.Readings.Single(reading => reading.Set == set);

    /// <summary>A stand-in for Inception: mean and maximum of the three channels, [N, 6, 1, 1].</summary>
    private static void WriteInception(string path)
    {
        GraphBuilder graph = new("stand-in", "");
        string image = graph.Input("image", "", "N", 3, 299, 299);
        string mean = graph.Node("GlobalAveragePool", "mean", [image]), greatest = graph.Node("GlobalMaxPool", "max", [image]);
        graph.Output("pool3", "", graph.Node("Concat", "both", [mean, greatest], attributes: ("axis", 1L)), "N", 6, 1, 1);
        File.WriteAllBytes(path, graph.Build("", []).ToByteArray());
    }
}
