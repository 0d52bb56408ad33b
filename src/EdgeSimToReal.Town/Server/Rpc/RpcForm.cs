namespace EdgeSimToReal.Town.Server.Rpc;

/// <summary>Shape of a method's result, which a call with "ignore response" gets in its default state.</summary>
internal enum RpcForm
{
    /// <summary>Answered by the network thread: a real answer even when the caller ignores it.</summary>
    Immediate,

    /// <summary>Response&lt;T&gt;: [[1, value]] or [[0, [text]]].</summary>
    Value,

    /// <summary>Response&lt;void&gt;: [[false]] or [[true, [text]]].</summary>
    Void,

    /// <summary>A bare array of responses.</summary>
    Batch,
}
