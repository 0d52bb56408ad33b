using System.Globalization;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The tensors of a checkpoint by name, wherever in its containers they lie.</summary>
/// <param name="Container">Keys that lead to them, e.g. "model_state"; empty for the file's own object.</param>
/// <param name="Tensors">Tensors by name.</param>
/// <param name="Skipped">Names beside them that are no tensors; the first 1000.</param>
/// <param name="Notes">Numbers and short texts of the file's own object, e.g. "best_score".</param>
internal sealed record StateDictionary(string Container, IReadOnlyDictionary<string, TorchTensor> Tensors,
    IReadOnlyList<string> Skipped, IReadOnlyDictionary<string, string> Notes)
{
    private const int MaxDepth = 4;
    private const int MaxContainers = 10_000;
    private const int MaxTensors = 100_000;
    private const int MaxName = 512;
    private const int MaxNotes = 1000;

    // What training programs call the network's state, best first; beside it lie optimisers and averages.
    private static readonly string[] UsualNames = ["model_state", "model_state_dict", "state_dict", "model", "net", "network", "weights"];

    /// <summary>Finds the state dictionary in a checkpoint's object.</summary>
    /// <exception cref="FormatException">It holds none.</exception>
    /// <exception cref="NotSupportedException">It holds several, and none has a usual name.</exception>
    public static StateDictionary Find(object? root)
    {
        if (root is not PickleDictionary top)
            throw new FormatException("it holds no dictionary of tensors");
        List<(string Path, PickleDictionary Dictionary)> found = Candidates(top);
        (string path, PickleDictionary chosen) = found switch
        {
            [] => throw new FormatException("it holds no dictionary of tensors"),
            [var only] => only,
            [("", _), ..] => found[0],
            _ => UsualNames.SelectMany(name => found.Where(candidate => candidate.Path.Split('/')[^1] == name)).FirstOrDefault(),
        };
        if (chosen is null)
        {
            string all = string.Join(", ", found.Select(candidate => candidate.Path).Take(5));
            throw new NotSupportedException($"it holds several dictionaries of tensors ({all})");
        }
        Dictionary<string, TorchTensor> tensors = new(StringComparer.Ordinal);
        List<string> skipped = [];
        foreach ((object? key, object? value) in chosen.Entries)
        {
            if (key is not string name || value is not TorchTensor tensor)
            {
                if (skipped.Count < MaxNotes)
                    skipped.Add(Printable.Text(key as string ?? "(no text)"));
                continue;
            }
            if (name.Length > MaxName || name.Any(char.IsControl))
                throw new FormatException($"a tensor has the name '{Printable.Text(name)}'");
            if (!tensors.TryAdd(name, tensor))
                throw new FormatException($"'{name}' occurs twice");
            if (tensors.Count > MaxTensors)
                throw new NotSupportedException($"it has more than {MaxTensors} tensors");
        }
        return new StateDictionary(path, tensors, skipped, ReadNotes(top));
    }

    // Breadth first; each container once, however often the pickle refers to it.
    private static List<(string Path, PickleDictionary Dictionary)> Candidates(PickleDictionary root)
    {
        List<(string, PickleDictionary)> found = [];
        HashSet<PickleDictionary> seen = new(ReferenceEqualityComparer.Instance) { root };
        Queue<(string Path, int Depth, PickleDictionary Dictionary)> open = new([("", 0, root)]);
        while (open.TryDequeue(out (string Path, int Depth, PickleDictionary Dictionary) next))
        {
            if (next.Dictionary.Entries.Any(entry => entry is { Key: string, Value: TorchTensor }))
                found.Add((next.Path, next.Dictionary));
            if (next.Depth == MaxDepth)
                continue;
            string prefix = next.Path.Length == 0 ? "" : $"{next.Path}/";
            foreach ((object? key, object? value) in next.Dictionary.Entries)
            {
                if (key is string name && value is PickleDictionary inner && seen.Count < MaxContainers && seen.Add(inner))
                    open.Enqueue((prefix + Printable.Text(name), next.Depth + 1, inner));
            }
        }
        return found;
    }

    private static Dictionary<string, string> ReadNotes(PickleDictionary top)
    {
        Dictionary<string, string> notes = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in top.Entries)
        {
            if (key is string name && notes.Count < MaxNotes && value is string or long or double or bool)
                notes[Printable.Text(name)] = Printable.Text(Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }
        return notes;
    }
}
