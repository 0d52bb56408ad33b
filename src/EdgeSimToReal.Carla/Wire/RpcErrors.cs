namespace EdgeSimToReal.Carla.Wire;

/// <summary>rpclib's error texts, byte for byte, and how to tell them apart.</summary>
public static class RpcErrors
{
    /// <summary>The server has no such method.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="parameterCount">Parameters sent, the metadata included.</param>
    public static string UnknownMethod(string method, int parameterCount) =>
        $"rpclib: server could not find function '{method}' with argument count {parameterCount}.";

    /// <summary>The method takes another number of parameters. rpclib prints the two numbers swapped, and so do we.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="sent">Parameters sent, the metadata included.</param>
    /// <param name="wanted">Parameters that the method takes, the metadata included.</param>
    public static string WrongArity(string method, int sent, int wanted) =>
        $"rpclib: client error C0002: Function '{method}' was called with an invalid number of arguments. Expected: {sent}, got: {wanted}";

    /// <summary>A parameter has another type.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="parameterCount">Parameters sent, the metadata included.</param>
    public static string WrongType(string method, int parameterCount) =>
        $"rpclib: function '{method}' (called with {parameterCount} arg(s)) threw an exception. "
        + "The exception contained this information: std::bad_cast.";

    /// <summary>Whether a text says that the method does not exist.</summary>
    public static bool IsUnknownMethod(string error) => error.Contains("could not find function", StringComparison.Ordinal);

    /// <summary>Whether a text says that the number of parameters is wrong.</summary>
    public static bool IsWrongArity(string error) => error.Contains("invalid number of arguments", StringComparison.Ordinal);
}
