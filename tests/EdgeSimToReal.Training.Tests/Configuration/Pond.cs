namespace EdgeSimToReal.Training.Tests.Configuration;

public sealed record Pond(double Width, double Depth);
