using System.Text;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>What a checkpoint's globals, calls and persistent ids mean; everything else is refused by name.</summary>
internal sealed class PickleObjects
{
    // A call takes three bytes of the file, however much it makes of its (shared) arguments: what all calls may make together, in
    // entries of 16 to 50 bytes.
    private const int MaxMade = 2_000_000;
    private const int TensorCost = 8;
    private const int MaxEncoded = 16; // the widest NumPy scalar
    private const int MaxKey = 64; // keys are numbers; each reference hashes one

    private int _made;
    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);

    /// <summary>Storages that the pickle names, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <summary>A global: <see cref="PickleGlobal"/> or <see cref="TorchElement"/>.</summary>
    /// <exception cref="NotSupportedException">It is not one of the few that a state dictionary needs.</exception>
    public static object Global(string module, string name)
    {
        object? known = (module, name) switch
        {
            ("collections", "OrderedDict") => PickleGlobal.OrderedDictionary,
            ("torch._utils", "_rebuild_tensor_v2") => PickleGlobal.RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => PickleGlobal.RebuildParameter,
            ("numpy", "dtype") => PickleGlobal.NumpyType,
            ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => PickleGlobal.NumpyScalar,
            ("_codecs", "encode") => PickleGlobal.Encode,
            ("torch", _) or ("torch.storage", "UntypedStorage") => TorchElement.ByStorage.GetValueOrDefault(name),
            _ => null,
        };
        return known ?? throw Refused($"asks for '{Printable.Text($"{module}.{name}")}'");
    }

    /// <summary>A call of a global.</summary>
    public object Call(object? callable, object?[] arguments) => (callable, arguments) switch
    {
        (PickleGlobal.OrderedDictionary, []) => new PickleDictionary { Ordered = true },
        (PickleGlobal.OrderedDictionary, [List<object?> pairs]) => FromPairs(pairs), // Python 2
        (PickleGlobal.RebuildTensor,
            [StorageView storage, long offset, object?[] sizes, object?[] strides, bool, PickleDictionary or null, ..])
            => new TorchTensor(storage, offset, Integers(sizes), Integers(strides)),
        (PickleGlobal.RebuildParameter, [TorchTensor tensor, bool, PickleDictionary or null]) => tensor,
        (PickleGlobal.NumpyType, [string code, ..]) => new NumpyType(code),
        (PickleGlobal.NumpyScalar, [NumpyType type, byte[] bytes]) => type.Value(bytes),
        (PickleGlobal.Encode, [string { Length: <= MaxEncoded } text, "latin1"]) => Encoding.Latin1.GetBytes(text),
        (PickleGlobal global, _) => throw new FormatException($"its pickle calls {global} with arguments that don't fit"),
        _ => throw Refused("calls what is no function"),
    };

    /// <summary>Attributes of an object: a state dictionary's version numbers, a NumPy type's byte order; neither is kept.</summary>
    public static void SetState(object? target, object? state)
    {
        switch (target, state)
        {
            case (PickleDictionary { Ordered: true }, PickleDictionary):
            case (NumpyType, object?[] and [_, "<" or "|", ..]):
                break;
            default:
                throw Refused("sets the state of an object that has none");
        }
    }

    /// <summary>A persistent id: a storage.</summary>
    /// <param name="id">("storage", type, key, device, count); in the legacy format a view (key, offset, count) or None follows.</param>
    public StorageView Persistent(object? id)
    {
        if (id is not object?[] parts || parts.Length > 6
            || parts is not ["storage", TorchElement element, string key, string, long count, ..])
        {
            throw Refused("refers to something outside that is no storage");
        }
        if (key.Length > MaxKey)
            throw new NotSupportedException($"it has a storage named '{Printable.Text(key)}'");
        if (count < 0 || count > long.MaxValue / 8)
            throw new FormatException($"the storage '{Printable.Text(key)}' has {count} elements");
        TorchStorage storage = new(key, element, count);
        if (!_storages.TryAdd(key, storage) && _storages[key] != storage)
            throw new FormatException($"the storage '{Printable.Text(key)}' has two types or lengths");
        return (parts.Length == 6 ? parts[5] : null) switch
        {
            null => new StorageView(storage, 0, count),
            object?[] and [string, long offset, long size] when offset >= 0 && size >= 0 && size <= count - offset
                => new StorageView(storage, offset, size),
            _ => throw new FormatException($"a view of the storage '{Printable.Text(key)}' reaches outside of it"),
        };
    }

    private PickleDictionary FromPairs(List<object?> pairs)
    {
        Spend(pairs.Count);
        PickleDictionary dictionary = new() { Ordered = true };
        foreach (object? pair in pairs)
        {
            if (pair is object?[] and [object key, var value])
                dictionary.Add(key, value);
            else if (pair is List<object?> and [object first, var second])
                dictionary.Add(first, second);
            else
                throw new FormatException("an OrderedDict of its pickle has an entry that is no pair");
        }
        return dictionary;
    }

    private long[] Integers(object?[] values)
    {
        Spend(TensorCost + values.Length);
        return [.. values.Select(value => value is long number ? number : throw new FormatException("a tensor's shape has no integers"))];
    }

    private void Spend(int entries)
    {
        _made += entries;
        if (_made > MaxMade)
            throw new NotSupportedException($"its pickle calls for more than {MaxMade} entries");
    }

    private static NotSupportedException Refused(string does) => new($"its pickle {does}, which a plain state dictionary never does");
}
