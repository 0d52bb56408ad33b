namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>One message of a recording; no bytes: this side closed the connection.</summary>
internal sealed record RecordedMessage(int Connection, bool IsRpc, bool FromClient, byte[] Bytes);
