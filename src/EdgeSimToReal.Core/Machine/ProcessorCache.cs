namespace EdgeSimToReal.Core.Machine;

/// <summary>One cache that holds data.</summary>
/// <param name="Level">Its level, from 1 on.</param>
/// <param name="Bytes">Its size in bytes, above 0.</param>
public sealed record ProcessorCache(int Level, long Bytes);
