namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A dict or OrderedDict of a pickle, as the list of its entries.</summary>
/// <remarks>Nothing is hashed here: keys chosen to collide cost no time, and unhashable ones do no harm.</remarks>
internal sealed class PickleDictionary
{
    private List<KeyValuePair<object?, object?>>? _entries; // absent while empty: an empty dict is one byte of the file

    /// <summary>Entries in the file's order, keys not checked for repetition.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries =>
        (IReadOnlyList<KeyValuePair<object?, object?>>?)_entries ?? [];

    /// <summary>Whether it was made by collections.OrderedDict, whose attributes a state dictionary carries along.</summary>
    public bool Ordered { get; init; }

    /// <summary>Adds an entry.</summary>
    public void Add(object? key, object? value) => (_entries ??= []).Add(new(key, value));
}
