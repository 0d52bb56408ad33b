using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Onnx.Segmentation;
using Google.Protobuf;

namespace EdgeSimToReal.Evaluation.Tests.Judging;

public sealed class JudgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_PaintedLabels_GivesExactCounts()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        using Judge judge = Judge.Load(_folder["judge.onnx"]);
        Assert.Equal("colour", judge.Description.Architecture);
        Assert.Equal(0.75, judge.Description.ValidationMeanIoU);
        Assert.Equal("0123456789abcdef", judge.Description.Id);
        Assert.Equal(new SegmenterTrainingData("paint", 3, "none"), Assert.Single(judge.Description.TrainingData));

        // CARLA's tags: road line is road, wall is fence, terrain is none of the ten. The picture shows what the judge is to see.
        byte[] tags = [7, 6, 11, 22, 13, 13], shown = [0, 0, 3, 6, 7, 2];
        IReadOnlyList<JudgedImage> images = judge.Read([Paint(3, 2, shown, tags), Paint(3, 2, shown, [7, 7, 7, 7, 7, 7])]);
        JudgedImage image = images[0];
        Assert.Equal(5, image.Confusion.Total);
        Assert.Equal(2, image.Confusion[0, 0]);
        Assert.Equal(1, image.Confusion[3, 3]);
        Assert.Equal(1, image.Confusion[7, 7]);
        Assert.Equal(1, image.Confusion[7, 2]);
        Assert.Equal((1 + 1 + 0.5 + 0) / 4, image.Confusion.MeanIoU(), 9); // road, fence, sky, building (predicted only)
        Assert.Equal(2, images[1].Confusion[0, 0]);
        Assert.Equal(6, images[1].Confusion.Total);
        for (int c = 0; c < 3; c++)
        {
            double mean = shown.Average(id => ColourJudge.Colour(LabelSpaces.Shared10.Classes[id])[c]);
            Assert.Equal(mean, image.Features[c], 1e-5);
        }
    }

    [Fact]
    public void Segment_GivesTheClassesThatAreShown_AndTruthThoseOfTheTags()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        using Judge judge = Judge.Load(_folder["judge.onnx"]);
        byte[] shown = [0, 9, 3, 6, 7, 2];
        Frame frame = Paint(3, 2, shown, [7, 6, 11, 22, 13, 13]);
        Assert.Equal(shown, judge.Segment(frame));
        byte none = LabelSpace.Ignore;
        Assert.Equal([0, 0, 3, none, 7, 7], judge.Truth(frame));
    }

    [Fact]
    public void Read_Nll_IsThatOfTheTrueClass()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        using Judge judge = Judge.Load(_folder["judge.onnx"]);
        // Seen as building, labelled road and sky; the third pixel has no label.
        JudgedImage image = judge.Read([Paint(3, 1, [2, 2, 2], [7, 13, 0])])[0];
        double[] distance = [.. LabelSpaces.Shared10.Classes.Select(c => ColourJudge.Colour(c)
            .Zip(ColourJudge.Colour(LabelSpaces.Shared10.Classes[2]), (x, y) => (x - y) * (double)(x - y)).Sum())];
        double all = Math.Log(distance.Sum(value => Math.Exp(-value)));
        Assert.Equal((distance[0] + all) + (distance[7] + all), image.NllSum, 1e-4);
    }

    [Fact]
    public void Read_InACoarserSpace_MergesClassesAndTheirProbabilities()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Common16);
        using Judge judge = Judge.Load(_folder["judge.onnx"], LabelSpaces.Shared10);
        Assert.Equal(LabelSpaces.Shared10, judge.Space);
        // Shown as wall (3) and labelled CamVid fence: both are Shared10's fence. Shown as terrain (9), labelled tree: an error.
        Frame frame = Paint(2, 1, [3, 9], [7, 5], LabelSpaces.Common16, LabelSpaces.CamVid11);
        JudgedImage image = judge.Read([frame])[0];
        Assert.Equal(1, image.Confusion[3, 3]);
        Assert.Equal(1, image.Confusion[6, LabelSpaces.Shared10.Count]);
        double[] logits(int shown) => [.. LabelSpaces.Common16.Classes.Select(c => -ColourJudge.Colour(c)
            .Zip(ColourJudge.Colour(LabelSpaces.Common16.Classes[shown]), (x, y) => (x - y) * (double)(x - y)).Sum())];
        double Nll(double[] all, params int[] own) => Math.Log(all.Sum(Math.Exp)) - Math.Log(own.Sum(c => Math.Exp(all[c])));
        Assert.Equal(Nll(logits(3), 3, 4) + Nll(logits(9), 8), image.NllSum, 1e-4);
    }

    [Fact]
    public void Load_CamVidJudge_IsAskedForTheSharedClasses()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.CamVid11);
        using Judge judge = Judge.Load(_folder["judge.onnx"]);
        Assert.Equal(LabelSpaces.Shared10, judge.Space);
        // CamVid's pedestrian and bicyclist are both person.
        JudgedImage image = judge.Read([Paint(2, 1, [9, 10], [4, 4], LabelSpaces.CamVid11)])[0];
        Assert.Equal(2, image.Confusion[8, 8]);
    }

    [Theory]
    [InlineData("unet")]
    [InlineData("deeplabv3plus_mobilenet")]
    public void Read_ExportedSegmenter_AgreesWithItsOwnOutputs(string architecture)
    {
        SegmenterConfiguration configuration = new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture), Width = 4 };
        SegmenterWeights weights = new(configuration, SegmenterGolden.Weights(configuration));
        Dictionary<string, string> description = new() { ["label_space"] = "common16", ["id"] = "ab" };
        File.WriteAllBytes(_folder["judge.onnx"], SegmenterExporter.Segmenter(weights, description).ToByteArray());
        using Judge judge = Judge.Load(_folder["judge.onnx"]);
        Assert.Equal((architecture, "ab", configuration.StageChannels[^1]),
            (judge.Description.Architecture, judge.Description.Id, judge.FeatureCount));
        Frame[] frames = [.. Enumerable.Range(0, 3).Select(seed => Noise(40, 24, seed))];
        IReadOnlyList<JudgedImage> together = judge.Read(frames);
        for (int i = 0; i < frames.Length; i++)
        {
            JudgedImage alone = judge.Read([frames[i]])[0];
            Assert.Equal(40 * 24, alone.Confusion.Total);
            Assert.Equal(alone.Confusion.OverallAccuracy(), together[i].Confusion.OverallAccuracy(), 1e-9);
            Assert.Equal(alone.NllSum, together[i].NllSum, 1e-4 * alone.NllSum);
            Assert.InRange(GoldenTensor.RelativeL2(together[i].Features, alone.Features), 0, 1e-5);
        }
        Assert.True(GoldenTensor.RelativeL2(together[0].Features, together[1].Features) > 1e-4);
    }

    [Fact]
    public void Load_WhatIsNoJudge_TellsWhy()
    {
        Assert.Contains("absent.onnx", Assert.Throws<EdgeSimException>(() => Judge.Load(_folder["absent.onnx"])).Message);
        File.WriteAllText(_folder["text.onnx"], "no model");
        Assert.Contains("text.onnx", Assert.Throws<EdgeSimException>(() => Judge.Load(_folder["text.onnx"])).Message);
        SegmenterConfiguration configuration = new() { Architecture = SegmenterArchitecture.UNet, Width = 2 };
        SegmenterWeights weights = new(configuration, SegmenterGolden.Weights(configuration));
        Check("label space", SegmenterExporter.Segmenter(weights));
        Check("16", SegmenterExporter.Segmenter(weights, new Dictionary<string, string> { ["label_space"] = "shared10" }));
        Check("logits", SegmenterExporter.FeatureExtractor(weights, 1), "common16");

        void Check(string expected, Onnx.Schema.ModelProto model, string? space = null)
        {
            if (space is not null)
                model.MetadataProps.Add(new Onnx.Schema.StringStringEntryProto { Key = "edgesim.label_space", Value = space });
            File.WriteAllBytes(_folder["wrong.onnx"], model.ToByteArray());
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => Judge.Load(_folder["wrong.onnx"]));
            Assert.Contains(expected, error.Message);
            Assert.Contains("wrong.onnx", error.Message);
        }
    }

    private static Frame Noise(int width, int height, int seed)
    {
        Frame frame = new(width, height, withTags: true) { TagSpace = LabelSpaces.Common16 };
        Random random = new(seed);
        random.NextBytes(frame.Bgra);
        for (int i = 0; i < frame.Tags.Length; i++)
            frame.Tags[i] = (byte)random.Next(16);
        return frame;
    }

    private static Frame Paint(int width, int height, byte[] shown, byte[] tags, LabelSpace? palette = null, LabelSpace? space = null)
    {
        Frame frame = new(width, height, withTags: true) { TagSpace = space ?? LabelSpaces.Carla23 };
        for (int i = 0; i < shown.Length; i++)
        {
            LabelClass c = (palette ?? LabelSpaces.Shared10).Classes[shown[i]];
            (frame.Bgra[4 * i], frame.Bgra[(4 * i) + 1], frame.Bgra[(4 * i) + 2]) = (c.B, c.G, c.R);
        }
        tags.CopyTo(frame.Tags, 0);
        return frame;
    }
}
