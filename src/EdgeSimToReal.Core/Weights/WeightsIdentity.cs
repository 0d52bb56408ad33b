using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EdgeSimToReal.Core.Weights;

/// <summary>Tells whether two networks have the same weights.</summary>
public static class WeightsIdentity
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of all values' bytes in the order of their names.</summary>
    /// <param name="tensors">Tensors by name.</param>
    public static string Of(IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in tensors.Keys.Order(StringComparer.Ordinal))
            hash.AppendData(MemoryMarshal.AsBytes<float>(tensors[name].Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
