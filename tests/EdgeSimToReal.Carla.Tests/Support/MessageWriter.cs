using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>Writes a message.</summary>
internal delegate void MessageWriter(ref MessagePackWriter writer);
