namespace EdgeSimToReal.Carla.Rpc;

/// <summary>An error that a server answered with.</summary>
/// <param name="Text">Its text.</param>
/// <param name="FromRpclib">The call itself was wrong (unknown method, wrong arguments); otherwise the method ran and refused.</param>
public sealed record CallError(string Text, bool FromRpclib);
