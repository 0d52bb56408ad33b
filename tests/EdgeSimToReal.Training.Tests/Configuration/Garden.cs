namespace EdgeSimToReal.Training.Tests.Configuration;

/// <summary>A record with every kind of member that configurations have.</summary>
public sealed record Garden
{
    public long Steps { get; init; } = 100;

    public double Rate { get; init; } = 0.5;

    public bool Fence { get; init; }

    public ulong Seed { get; init; } = 1;

    public string Owner { get; init; } = "nobody";

    public string? Motto { get; init; }

    public GardenKind Kind { get; init; } = GardenKind.KitchenGarden;

    public Tree? Oldest { get; init; }

    public IReadOnlyList<Tree> Trees { get; init; } = [new() { Name = "oak", Height = 9 }];

    public IReadOnlyList<double>? Weights { get; init; }

    public Pond Water { get; init; } = new(2, 3);

    public double Area => Water.Width * Water.Depth; // computed: no key
}
