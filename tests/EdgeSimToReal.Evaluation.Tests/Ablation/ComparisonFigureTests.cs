using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Ablation;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Tests.Support;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Evaluation.Tests.Ablation;

public sealed class ComparisonFigureTests : IDisposable
{
    private const int Width = 96, Height = 48;

    // As contact sheets are laid out.
    private const int Gap = 6, Title = 22;

    private readonly TemporaryFolder _folder = new();
    private readonly Judge _judge;

    public ComparisonFigureTests()
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        _judge = Judge.Load(_folder["judge.onnx"]);
    }

    public void Dispose()
    {
        _judge.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Write_HoldsThePanels_ARowAKind_AColumnAStructure()
    {
        ComparisonFigure figure = new(_judge);
        List<Frame[]> columns = [];
        for (int column = 0; column < 2; column++)
        {
            byte[][] classes = [.. Enumerable.Range(0, 3).Select(i => Classes((10 * column) + i))];
            classes[0][5] = LabelSpace.Ignore;
            Frame[] pictures = [.. Enumerable.Range(0, 3).Select(i => Scenes.Noise(Width, Height, (100 * column) + i))];
            figure.Add(pictures[0], pictures[1], pictures[2], classes[0], classes[1], classes[2]);
            columns.Add([.. pictures, .. classes.Select(Painted)]);
        }
        figure.Write(_folder["figure.png"], "plain", "better");
        Frame sheet = ImageFile.Read(_folder["figure.png"]);
        Assert.Equal((Gap + (2 * (Width + Gap)), Gap + (6 * (Title + Height + Gap))), (sheet.Width, sheet.Height));
        for (int column = 0; column < 2; column++)
        {
            for (int row = 0; row < 6; row++)
                AssertHolds(sheet, Gap + (column * (Width + Gap)), Gap + (row * (Title + Height + Gap)) + Title, columns[column][row]);
        }
    }

    [Fact]
    public void Add_WithModels_ShowsWhatTheyMake_AndWhatTheJudgeReadsInIt()
    {
        using TextureTranslators first = Translators("a", 1), second = Translators("b", 2);
        Frame structure = Scenes.Noise(Width, Height, 9);
        structure.Reshape(Width, Height, withTags: true);
        new Random(9).NextBytes(structure.Bgra);
        Classes(5).CopyTo(structure.Tags, 0);
        structure.TagSpace = LabelSpaces.Shared10;
        ComparisonFigure figure = new(_judge);
        figure.Add(structure, first[0], second[0]);
        figure.Write(_folder["figure.png"], "a", "b");
        Frame sheet = ImageFile.Read(_folder["figure.png"]);
        Frame baseline = first[0].Translate(structure, out _), ours = second[0].Translate(structure, out _);
        Assert.NotEqual(baseline.Bgra, ours.Bgra);
        Frame[] panels =
        [
            structure, baseline, ours, Painted(structure.Tags), Painted(_judge.Segment(baseline)), Painted(_judge.Segment(ours)),
        ];
        for (int row = 0; row < 6; row++)
            AssertHolds(sheet, Gap, Gap + (row * (Title + Height + Gap)) + Title, panels[row]);
    }

    private TextureTranslators Translators(string name, int seed) => new(Scenes.WriteBundle(_folder[name]),
        [Scenes.WritePhoto(_folder[$"{name}.png"], seed)], null, true, 1, null);

    private static byte[] Classes(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Width * Height).Select(_ => (byte)random.Next(LabelSpaces.Shared10.Count))];
    }

    private static Frame Painted(byte[] classes)
    {
        Frame picture = new(Width, Height);
        for (int i = 0; i < classes.Length; i++)
        {
            if (LabelSpaces.Shared10.Find(classes[i]) is { } c)
                (picture.Bgra[4 * i], picture.Bgra[(4 * i) + 1], picture.Bgra[(4 * i) + 2]) = (c.B, c.G, c.R);
        }
        return picture;
    }

    private static void AssertHolds(Frame sheet, int x, int y, Frame panel)
    {
        for (int row = 0; row < panel.Height; row++)
        {
            for (int column = 0; column < panel.Width; column++)
            {
                int at = 4 * (((y + row) * sheet.Width) + x + column), from = 4 * ((row * panel.Width) + column);
                Assert.Equal(panel.Bgra.AsSpan(from, 3), sheet.Bgra.AsSpan(at, 3));
            }
        }
    }
}
