using EdgeSimToReal.Training.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeSimToReal.Training.Tests.Data;

public sealed class SampleOrderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 20)]
    public Property Sets_GetTheirShares_AndEachEpochIsAShuffle() => Prop.ForAll(
        Gen.Choose(1, 40).Zip(Gen.Choose(1, 9)).NonEmptyListOf().Where(sets => sets.Count <= 4).ToArbitrary(),
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        (shapes, seed) =>
        {
            ImageSet[] sets = [.. shapes.Select((shape, i) => Files($"{seed}/{i}", shape.Item2, shape.Item1))];
            SampleOrder order = new(sets, new BatchOptions { Size = 1, Height = 1, Width = 1, Seed = (ulong)seed });
            List<int>[] drawn = [.. sets.Select(_ => new List<int>())];
            double total = sets.Sum(set => set.Weight);
            for (int draw = 0; draw < 400; draw++)
            {
                (int set, int item) = order[draw];
                drawn[set].Add(item);
                for (int s = 0; s < sets.Length; s++)
                    Assert.InRange(drawn[s].Count - ((draw + 1) * sets[s].Weight / total), -sets.Length, sets.Length);
            }
            for (int s = 0; s < sets.Length; s++)
            {
                int items = sets[s].Items.Count;
                foreach (int[] epoch in drawn[s].Chunk(items).Where(epoch => epoch.Length == items))
                    Assert.Equal(Enumerable.Range(0, items), epoch.Order());
            }
            // Far into a run and backwards, the same draws.
            SampleOrder again = new(sets, new BatchOptions { Size = 1, Height = 1, Width = 1, Seed = (ulong)seed });
            for (long draw = 5_000_000_000; draw > 4_999_999_990; draw--)
                Assert.Equal(order[draw], again[draw]);
        });

    [Fact]
    public void Epochs_Differ()
    {
        SampleOrder order = new([Files("set", 30, 1)], new BatchOptions { Size = 1, Height = 1, Width = 1 });
        int[] first = [.. Enumerable.Range(0, 30).Select(draw => order[draw].Item)];
        int[] second = [.. Enumerable.Range(30, 30).Select(draw => order[draw].Item)];
        Assert.NotEqual(first, second);
    }

    private ImageSet Files(string name, int count, double weight)
    {
        Directory.CreateDirectory(_folder[name]);
        for (int i = 0; i < count; i++)
            File.WriteAllBytes(Path.Combine(_folder[name], $"{i}.png"), []);
        return ImageSet.Open(new() { Path = _folder[name], Weight = weight });
    }
}
