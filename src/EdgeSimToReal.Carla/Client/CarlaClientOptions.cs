using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Client;

/// <summary>How to reach a CARLA server.</summary>
public sealed record CarlaClientOptions
{
    /// <summary>Name or address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>RPC port; the streams' port comes from the server.</summary>
    public int Port { get; init; } = 2000;

    /// <summary>How long to try to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait for the answer to a call.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait while a map is loaded or an actor is spawned, which may take a busy server long.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Take the server for this version, whatever it says; null: believe it.</summary>
    public string? AssumeVersion { get; init; }

    /// <summary>What is refused from the server.</summary>
    public WireLimits Limits { get; init; } = WireLimits.Default;
}
