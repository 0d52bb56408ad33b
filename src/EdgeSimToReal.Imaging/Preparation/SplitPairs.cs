using System.Security.Cryptography;
using System.Text;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>Divides a data set into training and validation.</summary>
internal static class SplitPairs
{
    private const double UsualShare = 0.1;

    /// <summary>The share of pairs for validation.</summary>
    private static double ShareOf(PreparationOptions options) => options.ValidationShare ?? UsualShare;

    /// <summary>Whether the data set's own split is kept.</summary>
    private static bool IsOwn(SourceSet source, PreparationOptions options) => options.ValidationShare is null && source.Splits.Count > 1;

    /// <summary>How the pairs are divided, for the record: a pair more may put all others elsewhere.</summary>
    public static string Describe(SourceSet source, PreparationOptions options) => IsOwn(source, options) ? "own"
        : FormattableString.Invariant($"seed {options.Seed}, share {ShareOf(options)}, blocks of {options.Block}, pairs {Digest(source)}");

    /// <summary>The pairs of each split, each in its former order.</summary>
    public static Dictionary<string, List<SourcePair>> Divide(SourceSet source, PreparationOptions options)
    {
        if (IsOwn(source, options))
            return new(source.Splits);
        Dictionary<string, List<SourcePair>> splits = new() { ["train"] = [], ["val"] = [] };
        List<SourcePair> all = [];
        foreach ((string split, List<SourcePair> pairs) in source.Splits)
        {
            if (split == "test")
                splits.Add(split, pairs);
            else
                all.AddRange(pairs);
        }
        int blocks = (all.Count + options.Block - 1) / options.Block;
        int[] order = [.. Enumerable.Range(0, blocks)];
        new Random(options.Seed).Shuffle(order);
        int held = (int)Math.Round(ShareOf(options) * blocks);
        if (ShareOf(options) > 0 && blocks > 1)
            held = Math.Clamp(held, 1, blocks - 1);
        HashSet<int> validation = [.. order.Take(held)];
        for (int i = 0; i < all.Count; i++)
            splits[validation.Contains(i / options.Block) ? "val" : "train"].Add(all[i]);
        foreach (string empty in splits.Where(split => split.Value.Count == 0).Select(split => split.Key).ToArray())
            splits.Remove(empty);
        return splits;
    }

    private static string Digest(SourceSet source)
    {
        string names = string.Concat(source.Splits.SelectMany(split => split.Value.Select(pair => $"{split.Key}/{pair.Name}\n")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)))[..16];
    }
}
