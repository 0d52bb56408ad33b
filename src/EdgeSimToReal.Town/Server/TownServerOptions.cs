using System.Net;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Rendering;

namespace EdgeSimToReal.Town.Server;

/// <summary>How a <see cref="TownServer"/> serves its town.</summary>
public sealed record TownServerOptions
{
    /// <summary>Address to listen on; this machine alone unless told otherwise, since the protocol has no access control.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>RPC port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Streaming port; null is the RPC port + 1 (a free one when <see cref="Port"/> is 0), 0 takes a free one.</summary>
    public int? StreamingPort { get; init; }

    /// <summary>The CARLA version to imitate: 0.9.10 to 0.9.16, or 0.10.</summary>
    public string Version { get; init; } = "0.9.16";

    /// <summary>Everything that varies in the street follows from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Frames a second in asynchronous mode, 0.1..1000; simulated time runs with the wall clock.</summary>
    public double Rate { get; init; } = 30;

    /// <summary>Frames that every camera has rendered beforehand and then repeats; 0 renders live.</summary>
    public int Replay { get; init; }

    /// <summary>Threads that render, 1..<see cref="RenderWorkers.Most"/>; the pictures do not depend on it.</summary>
    public int Threads { get; init; } = RenderWorkers.DefaultCount;

    /// <summary>Default picture width of a camera, 1..8192.</summary>
    public int Width { get; init; } = 800;

    /// <summary>Default picture height of a camera, 1..8192.</summary>
    public int Height { get; init; } = 600;

    /// <summary>Maps by their short names; the first is loaded at start. Each is a street of its own.</summary>
    public IReadOnlyList<string> Maps { get; init; } = ["Town10HD_Opt", "Town01", "Town02", "Town03", "Town04", "Town05"];

    /// <summary>Vehicles of the town's own traffic, 0..200.</summary>
    public int Vehicles { get; init; } = 40;

    /// <summary>People of the town, 0..600.</summary>
    public int Pedestrians { get; init; } = 120;

    /// <summary>Whether a car with the role name "hero" drives along the street from the start, for cameras to be mounted on.</summary>
    public bool HasHero { get; init; } = true;

    /// <summary>Whether the server starts in synchronous mode, so that nothing moves before the first tick.</summary>
    public bool StartSynchronous { get; init; }

    /// <summary>In synchronous mode, how long a subscriber may read nothing before it is let go.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        if (Port is < 0 or > 65534 || StreamingPort is < 0 or > 65535)
            throw Refuse($"The Town can't listen on port {Port}.", "Choose 1 to 65534, or 0 for a free one.");
        if (!(Rate is >= 0.1 and <= 1000))
            throw Refuse($"The Town can't give {Rate} frames a second.", "Choose 0.1 to 1000.");
        if (Replay is < 0 or > 100_000)
            throw Refuse($"The Town can't replay {Replay} frames.", "Choose 1 to 100000, or 0 to render live.");
        if (Width is < 1 or > 8192 || Height is < 1 or > 8192 || (long)Width * Height > 1 << 24)
            throw Refuse($"The Town has no cameras of {Width}x{Height} pixels.", "Choose at most 8192 a side and 16 million in all.");
        if (Maps.Count == 0 || Maps.Any(string.IsNullOrWhiteSpace))
            throw Refuse("The Town needs the name of a map.", "Name at least one, such as Town10HD_Opt.");
        if (!(StallLimit > TimeSpan.Zero && StallLimit < TimeSpan.FromHours(1)))
            throw Refuse($"The stall limit {StallLimit} is out of range.", "Choose more than 0 and less than an hour.");
    }

    private static EdgeSimException Refuse(string what, string mend) => new(what, mend, ExitCode.Usage);
}
