using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Preparation;
using static EdgeSimToReal.Imaging.Tests.Preparation.PublishedSets;

namespace EdgeSimToReal.Imaging.Tests.Preparation;

/// <summary>What becomes of the pairs: size, register, faults, splits, going on where a run ended.</summary>
public sealed class DataSetPreparationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder["set"];

    private string Output => _folder["out"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachFault_IsNamedWithItsFile_AndTheRestIsPrepared()
    {
        Pair("good");
        Image($"{Root}/images/unlabelled.png");
        Label($"{Root}/labels/orphan.png", 0, 1);
        Image($"{Root}/images/small.png", width: 20, height: 10);
        Label($"{Root}/labels/small.png", 0, 1);
        Image($"{Root}/images/strange.png");
        Label($"{Root}/labels/strange.png", 0, 77);
        Image($"{Root}/images/torn.png");
        File.WriteAllBytes($"{Root}/labels/torn.png", File.ReadAllBytes($"{Root}/labels/strange.png")[..60]);
        PreparationReport report = Run();
        Dictionary<PairFault, PairProblem> problems = report.Problems.ToDictionary(problem => problem.Fault);
        Assert.Equal(5, problems.Count);
        AssertProblem(PairFault.MissingLabel, "unlabelled.png", "labels/unlabelled.png");
        AssertProblem(PairFault.MissingImage, "orphan.png", "images/orphan.png");
        AssertProblem(PairFault.SizeMismatch, "small.png", "20x10", "48x24");
        AssertProblem(PairFault.UnknownLabel, "strange.png", $"the id 77 on {Width * Height / 2} pixels", "common16");
        AssertProblem(PairFault.Unreadable, "torn.png", "damaged");
        Assert.Equal(["images/good.png"], LabelManifest.Read($"{Output}/train/manifest.jsonl").Select(entry => entry.Image));
        Assert.Equal(["good.png"], Directory.GetFiles($"{Output}/train/images").Select(Path.GetFileName));
        Assert.Empty(DataSetCheck.Run(Output).Problems);

        void AssertProblem(PairFault fault, params string[] words)
        {
            foreach (string word in words)
                Assert.Contains(word, problems[fault].ToString());
        }
    }

    [Fact]
    public void AnotherPair_WouldDivideAllOthersAnew_SoThatRunIsRefused()
    {
        for (int i = 0; i < 12; i++)
            Pair($"pair{i}");
        Run();
        string[] train = [.. LabelManifest.Read($"{Output}/train/manifest.jsonl").Select(entry => entry.Image)];
        Run();
        Pair("pair12");
        Assert.Contains("other pairs", Assert.Throws<EdgeSimException>(() => Run()).Message);
        Assert.Equal(train, LabelManifest.Read($"{Output}/train/manifest.jsonl").Select(entry => entry.Image));
    }

    [Fact]
    public void Letterbox_ShowsAll_WithIgnoredBars_AndCropFillsAll()
    {
        Image($"{Root}/images/a.png", width: 32, height: 32);
        Label($"{Root}/labels/a.png", 0, 2, 32, 32);
        Run(new() { Fit = FitMode.Letterbox });
        byte[] ids = LabelFile.Read($"{Output}/train/labels/a.png").Ids;
        Assert.Equal(64 * 32, ids.Length);
        Assert.Equal(Halves(0, 2, 32, 32), ids.Where((_, i) => i % 64 is >= 16 and < 48));
        Assert.All(ids.Where((_, i) => i % 64 is < 16 or >= 48), id => Assert.Equal(LabelSpace.Ignore, id));

        Run(new() { Fit = FitMode.Crop }, _folder["crop"]);
        Assert.Equal(Halves(0, 2, 64, 32), LabelFile.Read(_folder["crop/train/labels/a.png"]).Ids);
    }

    [Fact]
    public void ImagesAndLabels_StayInRegister()
    {
        // The image's brightness is its label's: a shift of one of them would show at every edge.
        const int Scale = 8;
        byte[] ids = new byte[64 * Scale * 32 * Scale];
        Frame image = new(64 * Scale, 32 * Scale);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (byte)(((i % (64 * Scale) / (5 * Scale)) + (i / (64 * Scale) / (7 * Scale))) % 2);
            image.Bgra.AsSpan(4 * i, 4).Fill(ids[i] == 1 ? (byte)255 : (byte)0);
        }
        ImageFile.Write($"{Root}/images/a.png", image);
        LabelFile.Write($"{Root}/labels/a.png", 64 * Scale, 32 * Scale, ids);
        Run();
        Frame small = ImageFile.Read($"{Output}/train/images/a.png");
        byte[] labels = LabelFile.Read($"{Output}/train/labels/a.png").Ids;
        Assert.All(labels.Select((label, i) => (label, i)), pixel => Assert.Equal(pixel.label == 1, small.Bgra[4 * pixel.i] > 127));
    }

    [Fact]
    public void Statistics_CountEveryPixel_AndTheImagesOfEachClass()
    {
        Pair("a");
        Image($"{Root}/images/b.png");
        Label($"{Root}/labels/b.png", 0, 255);
        PreparationReport report = Run();
        SplitStatistics train = report.Splits["train"];
        Assert.Equal(2 * 64 * 32, train.Pixels);
        Assert.Equal(64 * 32 / 2, train.Ignored);
        ClassCount road = train.Classes.Single(c => c.Name == "road"), car = train.Classes.Single(c => c.Name == "vehicle");
        Assert.Equal((64 * 32, 0.5, 2), (road.Pixels, road.Share, road.Images));
        Assert.Equal((64 * 16, 0.25, 1), (car.Pixels, car.Share, car.Images));
        Assert.Contains("\"name\": \"road\"", File.ReadAllText($"{Output}/statistics.json"));
    }

    [Fact]
    public void TheSeededSplit_IsTheSameEachTime_KeepsBlocksTogether_AndLeavesTestAlone()
    {
        for (int i = 0; i < 40; i++)
            Pair($"{i:D2}", $"{Root}/train");
        Pair("t", $"{Root}/test");
        Dictionary<string, List<SourcePair>> first = Divide(7), again = Divide(7), other = Divide(8);
        Assert.Equal(first["val"], again["val"]);
        Assert.NotEqual(first["val"], other["val"]);
        Assert.Equal((30, 10, 1), (first["train"].Count, first["val"].Count, first["test"].Count));
        Assert.Empty(first["train"].Intersect(first["val"]));
        Assert.All(first["val"].Chunk(5), block => Assert.Equal(4, int.Parse(block[^1].Name, null) - int.Parse(block[0].Name, null)));

        Dictionary<string, List<SourcePair>> Divide(int seed) => SplitPairs.Divide(SourceSet.Open(Root, space: LabelSpaces.Common16),
            new() { ValidationShare = 0.25, Block = 5, Seed = seed });
    }

    [Fact]
    public void ARunThatEnded_GoesOn_AndGivesTheSameFiles_AndAThirdWritesNothing()
    {
        for (int i = 0; i < 12; i++)
            Pair($"{i}");
        Run(output: _folder["whole"]);
        using (CancellationTokenSource early = new())
        {
            DataSetPreparation first = Preparation(new(), Output);
            first.Advanced = () =>
            {
                if (first.Done == 3)
                    early.Cancel();
            };
            PreparationReport cut = first.Run(early.Token);
            Assert.False(cut.IsComplete);
            Assert.Equal(cut.Written, LabelManifest.Read($"{Output}/train/manifest.jsonl").Count);
        }
        // A kill in the middle of a line leaves a torn one.
        File.AppendAllText($"{Output}/train/manifest.jsonl", "{\"image\":\"images/x");
        Assert.Empty(DataSetCheck.Run(Output).Problems);
        PreparationReport second = Run();
        Assert.True(second.IsComplete);
        Assert.Equal(0, Run().Written);
        string[] files = [.. Files(_folder["whole"])];
        Assert.Equal(files, Files(Output));
        foreach (string file in files.Where(file => file is not ("prepare.txt" or "statistics.json")))
            Assert.Equal(File.ReadAllBytes(_folder["whole/" + file]), File.ReadAllBytes($"{Output}/{file}"));

        static IEnumerable<string> Files(string root) => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void AnotherPreparation_InTheSameFolder_IsRefused()
    {
        Pair("a");
        Run();
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Preparation(new() { Fit = FitMode.Letterbox }, Output));
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Contains(Output, error.Message);
        Assert.Throws<EdgeSimException>(() => Preparation(new(), Root));
    }

    [Fact]
    public void TheSheet_ShowsImagesBesideTheirLabels()
    {
        Pair("a");
        Pair("b");
        Run(new() { SheetPictures = 2 });
        Frame sheet = ImageFile.Read($"{Output}/contact-sheet.png");
        Assert.True(sheet.Width > 4 * 64 && sheet.Height > 32);
    }

    [Fact]
    public void TheCheck_NamesWhatIsNotAsTheManifestSays()
    {
        for (int i = 0; i < 5; i++)
            Pair($"{i}");
        Run();
        string train = $"{Output}/train";
        File.Delete($"{train}/labels/0.png");
        File.Delete($"{train}/images/1.png");
        Label($"{train}/labels/2.png", 0, 0);
        Label($"{train}/labels/3.png", 0, 99, 64, 32);
        byte[] whole = File.ReadAllBytes($"{train}/images/4.png");
        File.WriteAllBytes($"{train}/images/4.png", whole[..(whole.Length / 2)]);
        Image($"{train}/images/stray.png");
        CheckReport report = DataSetCheck.Run(Output);
        Assert.Equal([PairFault.MissingLabel, PairFault.MissingImage, PairFault.SizeMismatch, PairFault.UnknownLabel, PairFault.Unreadable],
            report.Problems.Select(problem => problem.Fault));
        Assert.EndsWith("stray.png", Assert.Single(report.Unlisted));
        Assert.Throws<EdgeSimException>(() => DataSetCheck.Run(Root));
    }

    private void Pair(string name, string? folder = null)
    {
        Image($"{folder ?? Root}/images/{name}.png", name.GetHashCode(StringComparison.Ordinal) & 255);
        Label($"{folder ?? Root}/labels/{name}.png", 0, 12);
    }

    private DataSetPreparation Preparation(PreparationOptions options, string output) =>
        new(SourceSet.Open(Root, space: LabelSpaces.Common16), new PreparationOptions
        {
            Width = 64,
            Height = 32,
            Fit = options.Fit,
            ValidationShare = 0,
            SheetPictures = options.SheetPictures == 12 ? 0 : options.SheetPictures,
            Workers = 2,
        }, output);

    private PreparationReport Run(PreparationOptions? options = null, string? output = null) =>
        Preparation(options ?? new(), output ?? Output).Run(CancellationToken.None);
}
