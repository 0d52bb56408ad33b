namespace EdgeSimToReal.Carla.Wire;

/// <summary>What a peer may send; anything beyond is refused before memory is taken for it.</summary>
/// <param name="MaxRpcMessageBytes">
/// Longest RPC message. get_actor_definitions and OpenDRIVE maps are the largest, a few MB at most.
/// </param>
/// <param name="MaxRpcDepth">Deepest nesting of arrays in an RPC message; CARLA's own go to 11, batches of commands to a few more.</param>
/// <param name="MaxStreamMessageBytes">Longest stream message, without the length itself: an 8K image has 127 MiB.</param>
public sealed record WireLimits(
    int MaxRpcMessageBytes = 64 << 20, int MaxRpcDepth = 32, int MaxStreamMessageBytes = 128 << 20)
{
    /// <summary>The limits used unless others are given.</summary>
    public static WireLimits Default { get; } = new();
}
