namespace EdgeSimToReal.Carla.Streams;

/// <summary>What a camera's stream must bring.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="SensorType">The number in the message's header; null where it is not known for the server's version.</param>
public sealed record ImageFormat(int Width, int Height, int? SensorType);
