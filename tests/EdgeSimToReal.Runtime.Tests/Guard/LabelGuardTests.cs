using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Guard;

/// <summary>Verdicts on constructed frames; the guard knows the classes' display colours.</summary>
public sealed class LabelGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LabelGuard _guard;

    public LabelGuardTests() => _guard = new LabelGuard(GuardedModels.Bundle(_folder["bundle"]), 1);

    public void Dispose()
    {
        _guard.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void PictureThatKeepsItsLabels_IsReadRight_AndPasses()
    {
        Frame street = GuardedModels.Street();
        GuardReading reading = Read(street, street);
        Assert.Equal((1, 1), (reading.MeanIoU, reading.UntranslatedMeanIoU));
        Assert.Equal(0, reading.Kept);
        Assert.True(reading.Alignment > 0.05, $"alignment {reading.Alignment}");
        Assert.True(reading.Passes(GuardedModels.Threshold()));
    }

    [Fact]
    public void Likelihoods_AreThoseOfTheirDefinition()
    {
        Frame street = GuardedModels.Street(), noise = TestModels.Frame(GuardedModels.Width, GuardedModels.Height, 5);
        for (int i = 0; i < noise.Bgra.Length; i++)
            noise.Bgra[i] = (byte)((noise.Bgra[i] + street.Bgra[i]) / 2);
        GuardReading reading = Read(street, noise);
        Assert.Equal(Likelihood(street, noise, 0, 0), reading.Likelihood, 1e-4);
        Assert.Equal(Likelihood(street, street, 0, 0), reading.UntranslatedLikelihood, 1e-4);
        (int Across, int Down)[] moves = [(4, 0), (-4, 0), (0, 4), (0, -4)];
        Assert.Equal(moves.Max(move => Likelihood(street, noise, move.Across, move.Down)), reading.MovedLikelihood, 1e-4);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(-12)]
    public void PictureWhoseVehicleMoved_Fails_AndIoUTellsByHowMuch(int by)
    {
        Frame street = GuardedModels.Street(), other = GuardedModels.Street(vehicleAt: 20 + by);
        GuardReading reading = Read(street, other);
        Assert.True(reading.Kept < -0.1, $"kept {reading.Kept}");
        Assert.False(reading.Passes(GuardedModels.Threshold()));
        // By hand: 12x10 pixels of vehicle where there is road, and the other way round; 14 rows of sky; road is the rest.
        const double vehicle = 12 * 10, road = (16 * 64) - vehicle;
        Assert.Equal((1 + 0 + ((road - vehicle) / (road + vehicle))) / 3, reading.MeanIoU, 1e-9);
        Assert.Equal(vehicle, _guard.Confusion[0, 9]);
        Assert.Equal(vehicle, _guard.Confusion[9, 0]);
        Assert.Equal(30 * 64, _guard.Confusion.Total);
        Assert.Equal(1, _guard.UntranslatedConfusion.MeanIoU());
    }

    [Fact]
    public void VehicleThatVanishesOrAppears_ShowsInItsPlace()
    {
        Frame street = GuardedModels.Street(), empty = GuardedModels.Street(vehicleAt: -100), two = GuardedModels.Street();
        Frame other = GuardedModels.Street(vehicleAt: 50);
        for (int i = 0; i < other.Tags.Length; i++)
        {
            if (other.Tags[i] == 14)
                other.Bgra.AsSpan(4 * i, 4).CopyTo(two.Bgra.AsSpan(4 * i));
        }
        GuardReading same = Read(street, street), vanished = Read(street, empty), appeared = Read(street, two);
        Assert.Equal(0, same.ObjectsKept);
        // The place is 16x16 pixels, 10 rows of 12 columns of the vehicle: the colours are told apart with some doubt.
        Assert.InRange(vanished.ObjectsKept, -120.0 / 256, -0.15);
        Assert.InRange(appeared.ObjectsKept, -120.0 / 256, -0.15);
        Assert.All([vanished, appeared], reading => Assert.False(
            reading.Passes(GuardedModels.Threshold(-3) with { Kept = new(0, 100), Objects = new(0, 0.05) })));
        Assert.All([vanished, appeared], reading => Assert.True(reading.Passes(GuardedModels.Threshold(-3) with { Kept = new(0, 100) })));
        // What the guard does not see untranslated either is no fault of the translation.
        Assert.True(Read(street, street).Passes(GuardedModels.Threshold() with { Objects = new(0, 0.05) }));
        Frame unseen = GuardedModels.Street();
        empty.Bgra.CopyTo(unseen.Bgra, 0);
        Assert.Equal(0, Read(unseen, empty).ObjectsKept);
    }

    [Fact]
    public void Places_AreLookedAtOneByOne()
    {
        // 3x2 cells, two classes; the second class is missing in the last column, of which half a place has labels.
        ObjectCell[] before = [.. Enumerable.Repeat(new ObjectCell(0, 0, 64), 6), .. Enumerable.Repeat(new ObjectCell(30, 32, 32), 6)];
        ObjectCell[] now = [.. before];
        now[8] = new(2, 32, 32);
        Assert.Equal((2.0 - 30) / 128, ObjectCells.LeastKept(now, before, 2, 3), 1e-6);
        now[8] = now[11] = new(0, 0, 0);
        Assert.Equal(0, ObjectCells.LeastKept(now, before, 2, 3));
        now[1] = new(16, 0, 64);
        Assert.Equal(-16.0 / 256, ObjectCells.LeastKept(now, before, 2, 3), 1e-6);
    }

    [Fact]
    public void TagsOfAnotherFrame_FailThoughTheTranslationIsTheFrameItself()
    {
        // Both readings suffer alike, so the loss says nothing: the alignment does.
        Frame street = GuardedModels.Street(), moved = GuardedModels.Street();
        for (int y = 0; y < 32; y++)
        {
            for (int x = 0; x < 64; x++)
                moved.Tags[(y * 64) + x] = street.Tags[(Math.Max(0, y - 4) * 64) + Math.Max(0, x - 4)];
        }
        GuardReading reading = Read(moved, street);
        Assert.Equal(0, reading.Kept);
        Assert.True(reading.Alignment < 0, $"alignment {reading.Alignment}");
        Assert.False(reading.Passes(GuardedModels.Threshold()));
        Assert.True(_guard.Compare(street).Passes(GuardedModels.Threshold()));
    }

    [Fact]
    public void FrameOfOneLabel_HasNothingToJudge_AndPasses()
    {
        Frame sky = GuardedModels.Street();
        Array.Fill(sky.Tags, (byte)11);
        GuardReading reading = Read(sky, sky);
        Assert.False(reading.IsReadable);
        Assert.True(reading.Passes(GuardedModels.Threshold()));
    }

    [Fact]
    public void FrameThatTheNetworkCantRead_Fails()
    {
        // What a NaN in a picture would give: it must never pass as good.
        GuardReading reading = new(1, double.NaN, 1, -1, -1, double.NaN, 0);
        Assert.True(reading.IsReadable);
        Assert.False(reading.Passes(GuardedModels.Threshold()));
    }

    [Theory]
    [InlineData(128, 64)]
    [InlineData(96, 32)]
    [InlineData(64, 57)]
    public void FramesOfOtherSizes_AreReadAlike(int width, int height)
    {
        Frame street = GuardedModels.Street(width, height);
        GuardReading reading = Read(street, street);
        Assert.InRange(reading.MeanIoU, 0.6, 1); // blended colours at boundaries are of other classes
        Assert.True(reading.Alignment > 0.02);
        // Letterboxed: padding counts for nothing.
        double scale = Math.Min(64.0 / width, 32.0 / height);
        Assert.InRange(_guard.Confusion.Total, 0.85 * width * height * scale * scale * 30 / 32, width * height * scale * scale);
        Assert.Equal(1, Read(GuardedModels.Street(), GuardedModels.Street()).MeanIoU);
    }

    [Fact]
    public void FramesOfAnotherLabelSpace_AreReadAlike()
    {
        Frame street = GuardedModels.Street(), old = GuardedModels.Street();
        double expected = Read(street, street).Likelihood;
        old.TagSpace = LabelSpaces.Carla23;
        for (int i = 0; i < old.Tags.Length; i++)
            old.Tags[i] = street.Tags[i] switch { 11 => 13, 1 => 7, 14 => 10, _ => 0 };
        Assert.Equal(expected, Read(old, street).Likelihood);
        Assert.Equal(expected, Read(street, street).Likelihood);
    }

    [Fact]
    public void FrameWithoutTags_IsRefused()
    {
        Frame frame = TestModels.Frame(64, 32, 3);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => _guard.Prepare(frame, frame));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains("frame 3 has none", error.Message);
        Assert.Contains("--guard off", error.Message);
    }

    [Fact]
    public void BundleWithoutAGuard_IsRefused()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new LabelGuard(TestModels.Bundle(_folder["none"]), 1));
        Assert.Contains("carries no label guard", error.Message);
        Assert.Contains("guard add", error.Message);
    }

    private GuardReading Read(Frame source, Frame translated)
    {
        _guard.Prepare(source, translated);
        return _guard.Read();
    }

    // By the definition, pixel by pixel: labelled pixels that have another label within four pixels in either direction.
    private static double Likelihood(Frame labels, Frame picture, int across, int down)
    {
        (int width, int height) = (labels.Width, labels.Height);
        byte[] ids = new byte[labels.Tags.Length];
        LabelRemap.Between(labels.TagSpace!, LabelSpaces.Shared10).Apply(labels.Tags, ids);
        List<double> values = [];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                byte id = ids[(y * width) + x];
                (int toX, int toY) = (x + across, y + down);
                if (id < 10 && IsNear(x, y) && toX >= 0 && toX < width && toY >= 0 && toY < height)
                    values.Add(Math.Max(-9.2, LogProbability((toY * width) + toX, id)));
            }
        }
        return values.Average();

        bool IsNear(int x, int y)
        {
            // The kernels follow changes between neighbours: a change lies between a pixel and its right or lower one.
            for (int v = 0; v < height; v++)
            {
                for (int u = 0; u < width; u++)
                {
                    byte own = ids[(v * width) + u];
                    bool change = (u + 1 < width && ids[(v * width) + u + 1] != own)
                        || (v + 1 < height && ids[((v + 1) * width) + u] != own);
                    if (change && x - u is > -4 and <= 4 && Math.Abs(y - v) < 4)
                        return true;
                }
            }
            return false;
        }

        double LogProbability(int pixel, int id)
        {
            double[] logits = [.. LabelSpaces.Shared10.Classes.Select(c =>
            {
                float[] colour = ColourJudge.Colour(c);
                double sum = 0;
                for (int k = 0; k < 3; k++)
                {
                    double value = (picture.Bgra[(4 * pixel) + 2 - k] / 127.5) - 1;
                    sum += (2 * colour[k] * value) - (colour[k] * colour[k]);
                }
                return sum;
            })];
            double greatest = logits.Max();
            return logits[id] - greatest - Math.Log(logits.Sum(value => Math.Exp(value - greatest)));
        }
    }
}
