namespace EdgeSimToReal.Cli.Commands;

/// <summary>The values of an option that is on or off.</summary>
public enum Switch
{
    On,
    Off,
}
