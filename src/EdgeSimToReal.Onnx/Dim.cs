namespace EdgeSimToReal.Onnx;

/// <summary>One size of a tensor's shape: a number, or a name for a dynamic size.</summary>
/// <param name="Size">The number; meaningless when <paramref name="Name"/> is given.</param>
/// <param name="Name">The name of a dynamic size; null for a fixed one.</param>
public readonly record struct Dim(long Size, string? Name)
{
    /// <summary>A fixed size.</summary>
    /// <param name="size">The number.</param>
    public static implicit operator Dim(long size) => new(size, null);

    /// <summary>A dynamic size.</summary>
    /// <param name="name">Its name.</param>
    public static implicit operator Dim(string name) => new(0, name);
}
