namespace EdgeSimToReal.Training.Tests.Configuration;

public sealed record Tree
{
    public required string Name { get; init; }

    public double Height { get; init; } = 1;
}
