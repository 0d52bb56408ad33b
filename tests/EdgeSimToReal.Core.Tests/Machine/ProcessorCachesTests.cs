using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.Core.Tests.Machine;

public class ProcessorCachesTests
{
    private const int Amd = unchecked((int)0x8000001D), Extended = unchecked((int)0x80000000);

    [Fact]
    public void Sizes_AreThoseOfDataCaches_FromIntelsLeaf()
    {
        // Type and level in EAX; ways, partitions and line, each less 1, in EBX; sets less 1 in ECX.
        ProcessorCaches caches = ProcessorCaches.Read((leaf, subleaf) => (leaf, subleaf) switch
        {
            (0, 0) => (4, 0, 0, 0),
            (4, 0) => (1 | (1 << 5), (11 << 22) | 63, 63, 0),
            (4, 1) => (2 | (1 << 5), (7 << 22) | 63, 63, 0), // instructions
            (4, 2) => (3 | (2 << 5), (15 << 22) | 63, 1023, 0),
            (4, 3) => (3 | (3 << 5), (15 << 22) | (1 << 12) | 63, 16383, 0),
            _ => default,
        });
        Assert.Equal([new(1, 48 << 10), new(2, 1 << 20), new(3, 32 << 20)], caches.Levels);
        Assert.Equal("L1 48 KiB, L2 1024 KiB, L3 32 MiB", caches.Text);
    }

    [Fact]
    public void AmdsLeaf_IsRead_WhereIntelsIsEmpty() => Assert.Equal([new ProcessorCache(1, 32 << 10)], ProcessorCaches.Read((leaf, subleaf) => (leaf, subleaf) switch
    {
        (0, 0) => (16, 0, 0, 0),
        (Extended, 0) => (unchecked((int)0x80000028), 0, 0, 0),
        (Amd, 0) => (1 | (1 << 5), (7 << 22) | 63, 63, 0),
        _ => default,
    }).Levels);

    [Fact]
    public void ZerosInBothLeaves_AreHiddenCaches()
    {
        ProcessorCaches caches = ProcessorCaches.Read((leaf, _) => leaf is 0 ? (16, 0, 0, 0) : leaf == Extended ? (Amd + 9, 0, 0, 0) : default);
        Assert.False(caches.AreVisible);
        Assert.StartsWith("hidden", caches.Text);
    }

    [Fact]
    public void AnEndlessList_Ends() => Assert.InRange(ProcessorCaches.Read((leaf, _) => leaf == 0 ? (4, 0, 0, 0) : (33, 0, 0, 0)).Levels.Count, 1, 16);
}
