namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>What a pickle says of a tensor and its storage, true or not.</summary>
internal sealed record TestTensor(string Key, string Type, long StorageCount, long Offset, long[] Sizes, long[] Strides)
{
    public bool Parameter { get; init; }

    /// <summary>The legacy format's view on a storage: (key, offset, count).</summary>
    public object?[]? View { get; init; }

    /// <summary>A dense float tensor that is all of its storage.</summary>
    public static TestTensor Dense(string key, string type, params long[] sizes)
    {
        long[] strides = new long[sizes.Length];
        long count = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = count;
            count *= sizes[i];
        }
        return new TestTensor(key, type, count, 0, sizes, strides);
    }
}
