using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Core.Weights;

/// <summary>How a set of weights fits a network.</summary>
/// <param name="Missing">Keys that the network has and the weights lack.</param>
/// <param name="Unexpected">Keys that the weights hold and the network lacks.</param>
/// <param name="Misshaped">Keys whose shapes differ, with both shapes.</param>
/// <param name="NotFinite">Keys that hold a value that is infinite or not a number.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Misshaped, IReadOnlyList<string> NotFinite)
{
    private const int Shown = 5;

    /// <summary>Whether every key fits.</summary>
    public bool Fits => Missing.Count + Unexpected.Count + Misshaped.Count + NotFinite.Count == 0;

    /// <summary>What doesn't fit, as text; the first few keys of each fault.</summary>
    public string Faults => string.Join("; ", new[]
    {
        List("missing", Missing), List("unexpected", Unexpected), List("of another shape", Misshaped), List("not finite", NotFinite),
    }.Where(fault => fault.Length > 0));

    /// <summary>Compares names, shapes and values with what a network needs.</summary>
    /// <param name="expected">The network's parameters and buffers.</param>
    /// <param name="weights">Arrays by name.</param>
    /// <param name="ignored">Keys that may be there without being expected; null where none may.</param>
    public static WeightReport Compare(IEnumerable<ParameterShape> expected, IReadOnlyDictionary<string, WeightTensor> weights,
        Func<string, bool>? ignored = null)
    {
        List<string> missing = [], misshaped = [], notFinite = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (ParameterShape parameter in expected)
        {
            known.Add(parameter.Name);
            if (!weights.TryGetValue(parameter.Name, out WeightTensor? given))
                missing.Add(parameter.Name);
            else if (!parameter.Shape.SequenceEqual(given.Shape))
                misshaped.Add($"{parameter.Name}: {given.ShapeText} for {parameter.ShapeText}");
            else if (!given.Values.All(float.IsFinite))
                notFinite.Add(parameter.Name);
        }
        string[] unexpected = [.. weights.Keys.Where(key => !known.Contains(key) && ignored?.Invoke(key) != true)
            .Order(StringComparer.Ordinal)];
        return new WeightReport(missing, unexpected, misshaped, notFinite);
    }

    /// <summary>Throws if the weights don't fit.</summary>
    /// <param name="source">Where they came from, for the message.</param>
    /// <exception cref="EdgeSimException">A key is missing, unexpected, misshaped or not finite.</exception>
    public void ThrowIfUnfit(string source)
    {
        if (!Fits)
        {
            throw new EdgeSimException($"The weights of '{source}' don't fit the networks: {Faults}.",
                "Use weights of the same preset, with the reference's key names.");
        }
    }

    private static string List(string fault, IReadOnlyList<string> keys) => keys.Count == 0 ? ""
        : $"{keys.Count} {fault} ({string.Join(", ", keys.Take(Shown))}{(keys.Count > Shown ? ", …" : "")})";
}
