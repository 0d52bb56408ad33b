using MessagePack;

namespace EdgeSimToReal.Carla.Rpc;

/// <summary>Writes the arguments of a call.</summary>
/// <param name="writer">The writer.</param>
public delegate void ArgumentWriter(ref MessagePackWriter writer);
