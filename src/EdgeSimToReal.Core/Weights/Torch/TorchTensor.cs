namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A strided view on a storage; every index it can reach lies inside.</summary>
internal sealed class TorchTensor
{
    private const int MaxDimensions = 64; // PyTorch's own limit

    private readonly int[] _shape;
    private readonly (int Size, long Stride)[] _walk; // the shape without dimensions of size 1: at most 31 are left
    private readonly long _offset;

    /// <summary>Checks a view.</summary>
    /// <param name="view">The storage's part.</param>
    /// <param name="offset">First element, counted in the view.</param>
    /// <param name="sizes">Sizes of the dimensions.</param>
    /// <param name="strides">Elements from one index of a dimension to the next.</param>
    /// <exception cref="FormatException">It is no tensor, or reaches outside of the storage.</exception>
    public TorchTensor(StorageView view, long offset, long[] sizes, long[] strides)
    {
        if (sizes.Length > MaxDimensions || sizes.Length != strides.Length)
            throw new FormatException($"a tensor has {sizes.Length} sizes and {strides.Length} strides");
        if (offset < 0 || sizes.Any(size => size is < 0 or > int.MaxValue) || strides.Any(stride => stride < 0))
        {
            throw new FormatException(
                $"a tensor has the offset {offset}, sizes [{string.Join(", ", sizes)}], strides [{string.Join(", ", strides)}]");
        }
        Int128 count = 1, last = offset;
        for (int i = 0; i < sizes.Length; i++)
        {
            count *= sizes[i];
            if (count > Array.MaxLength)
                throw new FormatException($"a tensor has the sizes [{string.Join(", ", sizes)}]");
            last += (Int128)Math.Max(0, sizes[i] - 1) * strides[i];
        }
        if (count > 0 && last >= view.Count)
            throw new FormatException($"a tensor [{string.Join(", ", sizes)}] reaches element {last} of a storage of {view.Count}");
        Storage = view.Storage;
        Count = (int)count;
        _offset = view.Offset + offset;
        _shape = [.. sizes.Select(size => (int)size)];
        _walk = [.. _shape.Zip(strides).Where(dimension => dimension.First != 1)];
    }

    /// <summary>What it views.</summary>
    public TorchStorage Storage { get; }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>Its values, row-major, as an array of its own.</summary>
    /// <param name="storage">All values of the storage.</param>
    public WeightTensor Gather(ReadOnlySpan<float> storage)
    {
        float[] values = new float[Count];
        if (Count > 0)
        {
            Span<float> rest = values;
            Gather(storage, 0, _offset, ref rest);
        }
        return new WeightTensor(_shape, values);
    }

    private void Gather(ReadOnlySpan<float> storage, int dimension, long at, ref Span<float> rest)
    {
        if (Contiguous(dimension, out int count))
        {
            storage.Slice((int)at, count).CopyTo(rest);
            rest = rest[count..];
            return;
        }
        (int size, long stride) = _walk[dimension];
        for (int i = 0; i < size; i++)
            Gather(storage, dimension + 1, at + (i * stride), ref rest);
    }

    // Whether the dimensions from this one on are dense and row-major.
    private bool Contiguous(int dimension, out int count)
    {
        count = 1;
        for (int i = _walk.Length - 1; i >= dimension; i--)
        {
            if (_walk[i].Stride != count)
                return false;
            count *= _walk[i].Size;
        }
        return true;
    }
}
