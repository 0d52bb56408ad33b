namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A block of elements that tensors view, as the checkpoint names it.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Element">Type of the elements.</param>
/// <param name="Count">Number of elements; claimed by the pickle, checked against the file before memory is taken for it.</param>
internal sealed record TorchStorage(string Key, TorchElement Element, long Count)
{
    /// <summary>Its size in the file.</summary>
    public long Bytes => Count * Element.Width;
}
