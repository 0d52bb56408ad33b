using MessagePack;

namespace EdgeSimToReal.Carla.Rpc;

/// <summary>Reads the result of a call.</summary>
/// <param name="reader">The reader, at the result.</param>
public delegate T ResultReader<out T>(ref MessagePackReader reader);
