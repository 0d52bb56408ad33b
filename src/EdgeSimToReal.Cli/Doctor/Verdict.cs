namespace EdgeSimToReal.Cli.Doctor;

public enum Verdict
{
    Good,

    /// <summary>Absent, but nothing needs it.</summary>
    Optional,

    /// <summary>Absent, and something does not work without it.</summary>
    Missing,
}
