namespace EdgeSimToReal.Cli.Collecting;

/// <summary>How a collection is run.</summary>
public sealed record CollectOptions
{
    /// <summary>The simulator's host.</summary>
    public required string Host { get; init; }

    /// <summary>Its RPC port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether the simulator waits for each frame; otherwise frames are taken as they come.</summary>
    public bool Synchronous { get; init; } = true;

    /// <summary>Whether to leave map, weather, traffic and time to somebody else, who runs the world.</summary>
    public bool Join { get; init; }

    /// <summary>How long to wait for a simulator that has gone.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(5);
}
