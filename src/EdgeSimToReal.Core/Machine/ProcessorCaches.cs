using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace EdgeSimToReal.Core.Machine;

/// <summary>The processor's data caches as its CPUID instruction reports them.</summary>
/// <remarks>
/// Some virtual machines answer with zeros. Libraries that block their loops by these sizes then compute with blocks of nothing: oneDNN
/// 3.7.1 divides by zero in one place and returns wrong convolutions in others.
/// </remarks>
/// <param name="Levels">The caches by level; empty where the processor reports none.</param>
public sealed record ProcessorCaches(IReadOnlyList<ProcessorCache> Levels)
{
    private const int IntelLeaf = 4, AmdLeaf = unchecked((int)0x8000001D), HighestExtendedLeaf = unchecked((int)0x80000000);
    private const int MostCaches = 16; // no processor has more; ends a list that a faulty hypervisor never ends
    private const int Instructions = 2; // a cache's type: 0 for the list's end, 1 data, 2 instructions, 3 both

    /// <summary>Whether the processor reports at least one data cache.</summary>
    public bool AreVisible => Levels.Count > 0;

    /// <summary>One phrase for people, e.g. "L1 48 KiB, L2 1024 KiB, L3 32 MiB".</summary>
    public string Text => AreVisible ? string.Join(", ", Levels.Select(Describe)) : "hidden: CPUID leaves 4 and 8000001Dh are zero";

    /// <summary>This machine's caches; visible ones of unknown size on processors without CPUID are reported as none.</summary>
    public static ProcessorCaches Read() => X86Base.IsSupported ? Read(X86Base.CpuId) : new ProcessorCaches([]);

    /// <summary>The caches that a CPUID instruction reports.</summary>
    /// <param name="identify">The instruction: leaf and subleaf to the four registers.</param>
    public static ProcessorCaches Read(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> identify)
    {
        ProcessorCache[] caches = identify(0, 0).Eax >= IntelLeaf ? List(identify, IntelLeaf) : [];
        if (caches.Length == 0 && (uint)identify(HighestExtendedLeaf, 0).Eax >= unchecked((uint)AmdLeaf))
            caches = List(identify, AmdLeaf);
        return new ProcessorCaches(caches);
    }

    private static ProcessorCache[] List(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> identify, int leaf)
    {
        List<ProcessorCache> caches = [];
        for (int i = 0; i < MostCaches; i++)
        {
            (int eax, int ebx, int ecx, _) = identify(leaf, i);
            int type = eax & 0x1F;
            if (type == 0)
                break;
            if (type == Instructions)
                continue;
            long line = (ebx & 0xFFF) + 1, partitions = ((ebx >> 12) & 0x3FF) + 1, ways = ((ebx >> 22) & 0x3FF) + 1;
            caches.Add(new ProcessorCache((eax >> 5) & 7, line * partitions * ways * ((uint)ecx + 1L)));
        }
        return [.. caches.OrderBy(cache => cache.Level)];
    }

    private static string Describe(ProcessorCache cache) => string.Create(CultureInfo.InvariantCulture,
        $"L{cache.Level} {(cache.Bytes >= 4 << 20 ? $"{cache.Bytes >> 20} MiB" : $"{cache.Bytes >> 10} KiB")}");
}
