namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>One message of a recording; no bytes: this side closed the connection.</summary>
internal sealed record RecordedLine(int Connection, bool IsRpc, bool IsFromClient, byte[] Bytes);
