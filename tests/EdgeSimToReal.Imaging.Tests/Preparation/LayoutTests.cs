using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Preparation;
using static EdgeSimToReal.Imaging.Tests.Preparation.PublishedSets;

namespace EdgeSimToReal.Imaging.Tests.Preparation;

/// <summary>Every layout: its files are found, paired, split and mapped as the data set's own description says.</summary>
public sealed class LayoutTests : IDisposable
{
    private const byte Road = 0, Person = 11, Sky = 10, Vehicle = 12;

    private readonly TemporaryFolder _folder = new();

    private string Root => _folder["set"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cityscapes_TrainAndVal_ByCity()
    {
        foreach ((string split, string city) in new[] { ("train", "aachen"), ("train", "bochum"), ("val", "munster"), ("test", "berlin") })
        {
            string stem = $"{city}/{city}_000001_000019";
            Image($"{Root}/leftImg8bit/{split}/{stem}_leftImg8bit.png");
            Label($"{Root}/gtFine/{split}/{stem}_gtFine_labelIds.png", 7, 26);
            Label($"{Root}/gtFine/{split}/{stem}_gtFine_instanceIds.png", 1, 2);
        }
        PreparationReport report = Prepare(DataSetLayout.Cityscapes);
        AssertHalves("train/aachen_000001_000019", Road, Vehicle);
        AssertHalves("val/munster_000001_000019", Road, Vehicle);
        Assert.Equal(["train", "val"], report.Splits.Keys.Order());
        Assert.Equal(2, report.Splits["train"].Images);
        Assert.Equal("aachen_000001_000019\nbochum_000001_000019\n", File.ReadAllText(_folder["out/train.txt"]));
        Assert.Equal("leftImg8bit/train/aachen/aachen_000001_000019_leftImg8bit.png", Entries("train")[0].Source);
    }

    [Fact]
    public void Kitti_HasCityscapesIds_AndGetsASplit()
    {
        for (int i = 0; i < 10; i++)
        {
            Image($"{Root}/training/image_2/{i:D6}_10.png", i);
            Label($"{Root}/training/semantic/{i:D6}_10.png", 23, 24);
        }
        PreparationReport report = Prepare(DataSetLayout.Kitti);
        Assert.Equal((9, 1), (report.Splits["train"].Images, report.Splits["val"].Images));
        AssertHalves($"val/{Path.GetFileNameWithoutExtension(Entries("val")[0].Image)}", Sky, Person);
    }

    [Theory]
    [InlineData("images/10k/{0}/a.jpg", "labels/sem_seg/masks/{0}/a.png")]
    [InlineData("seg/images/{0}/a.jpg", "seg/labels/{0}/a_train_id.png")]
    public void Bdd100k_HasTrainIds(string image, string label)
    {
        foreach (string split in new[] { "train", "val" })
        {
            Image(Path.Combine(Root, string.Format(null, image, split)));
            Label(Path.Combine(Root, string.Format(null, label, split)), 0, 255);
        }
        PreparationReport report = Prepare(DataSetLayout.Bdd100k);
        AssertHalves("train/a", Road, LabelSpace.Ignore);
        Assert.Equal(32 * 16 / 2, report.Splits["val"].Ignored);
    }

    [Theory]
    [InlineData("labellevel3Ids", 8, 25)] // autorickshaw, sky
    [InlineData("labelids", 11, 33)]
    [InlineData("labelcsTrainIds", 13, 10)]
    public void Idd_InEachOfItsLabelFiles(string files, byte vehicle, byte sky)
    {
        foreach (string split in new[] { "train", "val" })
        {
            foreach (string drive in new[] { "201", "202" }) // the frames of two drives have the same numbers
            {
                Image($"{Root}/leftImg8bit/{split}/{drive}/frame0029_leftImg8bit.jpg");
                Label($"{Root}/gtFine/{split}/{drive}/frame0029_gtFine_{files}.png", vehicle, sky);
            }
        }
        Prepare(DataSetLayout.Idd);
        AssertHalves("train/201_frame0029", Vehicle, Sky);
        AssertHalves("val/202_frame0029", Vehicle, Sky);
    }

    [Fact]
    public void CamVid_ElevenIds_WithItsOwnSplits()
    {
        foreach (string split in new[] { "train", "val", "test" })
        {
            Image($"{Root}/{split}/0001TP_{split}.png");
            Label($"{Root}/{split}annot/0001TP_{split}.png", 3, 9);
        }
        PreparationReport report = Prepare(DataSetLayout.CamVid);
        AssertHalves("test/0001TP_test", Road, Person);
        Assert.Equal(3, report.Splits.Count);
    }

    [Theory]
    [InlineData("701_StillsRaw_full/a.png", "LabeledApproved_full/a_L.png")]
    [InlineData("train/a.png", "train_labels/a_L.png")]
    public void CamVid_PicturesOfThirtyTwoColours(string image, string label)
    {
        Image(Path.Combine(Root, image));
        ColourLabel(Path.Combine(Root, label), LabelSpaces.CamVid32, 10, 22); // driving lane marking, SUV
        Prepare(DataSetLayout.CamVid);
        AssertHalves("train/a", Road, Vehicle);
    }

    [Fact]
    public void CamVid_AColourThatNoClassHas_IsNamedWithItsCount()
    {
        Image($"{Root}/701_StillsRaw_full/a.png");
        ColourLabel($"{Root}/LabeledApproved_full/a_L.png", LabelSpaces.CamVid32, 10, 99);
        PairProblem problem = Assert.Single(Prepare(DataSetLayout.CamVid).Problems);
        Assert.Equal(PairFault.UnknownLabel, problem.Fault);
        Assert.Contains($"#010203 on {Width * Height / 2} pixels", problem.Detail);
    }

    [Fact]
    public void Carla_OldTags_OfSeveralRuns_WhoseNumbersRepeat()
    {
        foreach (string run in new[] { "Town01", "Town02" })
        {
            Image($"{Root}/{run}/rgb/00000001.png");
            RedLabel($"{Root}/{run}/semantic/00000001.png", 6, 10); // road line, vehicles
        }
        Prepare(DataSetLayout.Carla, LabelSpaces.Carla23, share: 0);
        AssertHalves("train/Town01_00000001", Road, Vehicle);
        AssertHalves("train/Town02_00000001", Road, Vehicle);
    }

    [Fact]
    public void Carla_NewTags_TellThemselvesByIdsThatTheOldOnesLack()
    {
        Image($"{Root}/CameraRGB/1.png");
        RedLabel($"{Root}/CameraSeg/1.png", 24, 13); // road line, rider
        SourceSet set = SourceSet.Open(Root);
        Assert.Equal((DataSetLayout.Carla, LabelSpaces.Carla29), (set.Layout, set.Space));
        Prepare(DataSetLayout.Auto, share: 0);
        AssertHalves("train/1", Road, Person);
    }

    [Fact]
    public void Carla_TagsThatBothSchemesHave_MustBeNamed()
    {
        Image($"{Root}/rgb/1.png");
        RedLabel($"{Root}/seg/1.png", 7, 10);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("carla23 up to 0.9.13", error.Message);
    }

    [Fact]
    public void Carla_ColouredLabels_ByChoice()
    {
        Image($"{Root}/rgb/1.png");
        ColourLabel($"{Root}/seg/1.png", LabelSpaces.Carla29, 1, 14);
        SourceSet set = SourceSet.Open(Root, DataSetLayout.Carla, LabelSpaces.Carla29, areColours: true);
        new DataSetPreparation(set, Options(0), _folder["out"]).Run(CancellationToken.None);
        AssertHalves("train/1", Road, Vehicle);
    }

    [Theory]
    [InlineData("images/{0}.png", "labels/{0}.png", "train")]
    [InlineData("train/images/{0}.jpg", "train/labels/{0}.png", "train")]
    [InlineData("images/val/{0}.jpg", "labels/val/{0}.png", "val")]
    public void Plain_ImagesAndLabels(string image, string label, string split)
    {
        Image(Path.Combine(Root, string.Format(null, image, "a")));
        Label(Path.Combine(Root, string.Format(null, label, "a")), 0, 11);
        SourceSet set = SourceSet.Open(Root, DataSetLayout.Auto, LabelSpaces.CityscapesTrainIds);
        Assert.Equal([split], set.Splits.Keys);
        Assert.Equal("a", Assert.Single(set.Splits[split]).Name);
    }

    [Fact]
    public void Plain_AnyFoldersByName_AndImagesAlone()
    {
        Image($"{Root}/pictures/a.png");
        Label($"{Root}/ids/a.png", 0, 11);
        SourceSet set = SourceSet.Open(Root, images: "pictures", labels: "ids", space: LabelSpaces.Common16);
        Assert.NotNull(Assert.Single(set.Splits["train"]).Label);

        Image(_folder["alone/b.jpg"]);
        set = SourceSet.Open(_folder["alone"]);
        Assert.Null(set.Space);
        PreparationReport report = new DataSetPreparation(set, Options(0), _folder["out"]).Run(CancellationToken.None);
        Assert.Null(report.Labels);
        Assert.Null(Assert.Single(Entries("train")).Label);
    }

    [Fact]
    public void Plain_IdsOfAnUnknownSpace_AreNotTakenForCarlas()
    {
        Image($"{Root}/images/a.png");
        Label($"{Root}/labels/a.png", 7, 26); // Cityscapes' road and car
        Assert.Contains("Name their label space", Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root)).Message);
    }

    [Fact]
    public void AManifestWithoutLabelSpace_TakesTheNamedOne_AndContradictsAnother()
    {
        Image($"{Root}/images/a.png");
        Label($"{Root}/labels/a.png", 0, 1);
        const string Line = "{\"image\": \"images/a.png\", \"label\": \"labels/a.png\"";
        File.WriteAllText($"{Root}/manifest.jsonl", Line + "}\n");
        Assert.Contains("Name their label space", Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root)).Message);
        Assert.Equal(LabelSpaces.CamVid11, SourceSet.Open(Root, space: LabelSpaces.CamVid11).Space);
        File.WriteAllText($"{Root}/manifest.jsonl", Line + ", \"labelSpace\": \"carla23\"}\n");
        Assert.Contains("'carla23', not 'camvid11'",
            Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root, space: LabelSpaces.CamVid11)).Message);
    }

    [Fact]
    public void APreparedSet_CanBePreparedAgain_ByItsManifests()
    {
        Carla_OldTags_OfSeveralRuns_WhoseNumbersRepeat();
        SourceSet set = SourceSet.Open(_folder["out"]);
        Assert.Equal(LabelSpaces.Common16, set.Space);
        new DataSetPreparation(set, Options(0) with { Space = LabelSpaces.Shared10 }, _folder["again"]).Run(CancellationToken.None);
        Assert.Equal(Halves(0, 9, 32, 16), LabelFile.Read(_folder["again/train/labels/Town01_00000001.png"]).Ids);
    }

    [Theory]
    [InlineData(DataSetLayout.Cityscapes, "leftImg8bit/train", "_gtFine_labelIds.png")]
    [InlineData(DataSetLayout.Kitti, "training/image_2", "training/semantic")]
    [InlineData(DataSetLayout.Bdd100k, "images/10k/train", "labels/sem_seg/masks/train")]
    [InlineData(DataSetLayout.Idd, "_gtFine_labellevel3Ids.png", "_gtFine_labelids.png")]
    [InlineData(DataSetLayout.CamVid, "trainannot", "LabeledApproved_full")]
    [InlineData(DataSetLayout.Carla, "rgb/", "semantic/")]
    [InlineData(DataSetLayout.Auto, "leftImg8bit/train", "trainannot")]
    public void AnotherLayout_IsToldWithWhatWasLookedForAndWhatIsThere(DataSetLayout layout, string folder, string label)
    {
        Image($"{Root}/pictures/holiday.png");
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root, layout));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        foreach (string part in new[] { Root, folder, label, "It holds 'pictures'" })
            Assert.Contains(part, error.Message);
    }

    [Fact]
    public void ALayoutWithItsOwnLabels_RefusesOthers()
    {
        Image($"{Root}/training/image_2/0.png");
        Label($"{Root}/training/semantic/0.png", 7, 7);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => SourceSet.Open(Root, DataSetLayout.Kitti, LabelSpaces.Carla23));
        Assert.Contains("'cityscapes', not 'carla23'", error.Message);
    }

    private static PreparationOptions Options(double? share) =>
        new() { Width = 32, Height = 16, ValidationShare = share, Workers = 2, SheetPictures = 0 };

    private PreparationReport Prepare(DataSetLayout layout, LabelSpace? space = null, double? share = null)
    {
        // Twice: by its name, and found by itself.
        SourceSet set = SourceSet.Open(Root, layout, space);
        SourceSet guessed = SourceSet.Open(Root, DataSetLayout.Auto, space);
        Assert.Equal((set.Layout, set.Space), (guessed.Layout, guessed.Space));
        Assert.True(layout == DataSetLayout.Auto || set.Layout == layout);
        return new DataSetPreparation(set, Options(share), _folder["out"]).Run(CancellationToken.None);
    }

    private IReadOnlyList<LabelManifestEntry> Entries(string split) => LabelManifest.Read(_folder[$"out/{split}/manifest.jsonl"]);

    private void AssertHalves(string name, byte left, byte right)
    {
        (string split, string file) = (name.Split('/')[0], name.Split('/')[1]);
        (int width, int height, byte[] ids) = LabelFile.Read(_folder[$"out/{split}/labels/{file}.png"]);
        Assert.Equal(Halves(left, right, width, height), ids);
        LabelManifestEntry entry = Assert.Single(Entries(split), one => one.Image == $"images/{file}.png");
        Assert.Equal("common16", entry.LabelSpace);
        Assert.True(ImageFile.Read(_folder[$"out/{split}/{entry.Image}"]).Width == width);
    }
}
