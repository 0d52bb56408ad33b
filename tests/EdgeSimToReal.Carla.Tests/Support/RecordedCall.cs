namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>One RPC call of a recording.</summary>
internal sealed record RecordedCall(string Method, byte[] Request, byte[] Answer);
