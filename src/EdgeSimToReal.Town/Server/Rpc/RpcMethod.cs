using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <summary>Reads the arguments after the metadata, does the work, writes the result.</summary>
/// <remarks>Arguments are read in full before anything is done: a wrong type must change nothing.</remarks>
internal delegate void RpcHandler(ref MessagePackReader arguments, ref MessagePackWriter result);

/// <summary>One method of the server.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="Arity">Number of arguments, with the metadata.</param>
/// <param name="Form">Shape of the result.</param>
/// <param name="Handler">The work.</param>
internal sealed record RpcMethod(string Name, int Arity, RpcForm Form, RpcHandler Handler);
