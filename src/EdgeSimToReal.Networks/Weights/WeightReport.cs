using EdgeSimToReal.Core;

namespace EdgeSimToReal.Networks.Weights;

/// <summary>How a set of weights fits a module.</summary>
/// <param name="Missing">Keys that the module has and the weights lack.</param>
/// <param name="Unexpected">Keys that the weights hold and the module lacks.</param>
/// <param name="Misshaped">Keys whose shapes differ, with both shapes.</param>
/// <param name="NotFinite">Keys that hold a value that is infinite or not a number.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Misshaped, IReadOnlyList<string> NotFinite)
{
    private const int Shown = 5;

    /// <summary>Whether every key fits.</summary>
    public bool Fits => Missing.Count + Unexpected.Count + Misshaped.Count + NotFinite.Count == 0;

    /// <summary>Throws if the weights don't fit.</summary>
    /// <param name="source">Where they came from, for the message.</param>
    /// <exception cref="EdgeSimException">A key is missing, unexpected, misshaped or not finite.</exception>
    public void ThrowIfUnfit(string source)
    {
        if (Fits)
            return;
        string faults = string.Join("; ", new[]
        {
            List("missing", Missing), List("unexpected", Unexpected), List("of another shape", Misshaped), List("not finite", NotFinite),
        }.Where(fault => fault.Length > 0));
        throw new EdgeSimException($"The weights of '{source}' don't fit the networks: {faults}.",
            "Use weights of the same preset, with the reference's key names.");
    }

    private static string List(string fault, IReadOnlyList<string> keys) => keys.Count == 0 ? ""
        : $"{keys.Count} {fault} ({string.Join(", ", keys.Take(Shown))}{(keys.Count > Shown ? ", …" : "")})";
}
