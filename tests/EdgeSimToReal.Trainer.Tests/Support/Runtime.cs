namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>How the programs' processes run here.</summary>
internal static class Runtime
{
    /// <summary>
    /// Environment variables. These processes live for seconds: what they would spend on compiling their methods a second time, better,
    /// is a fifth of their time and does not come back.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } =
        new Dictionary<string, string> { ["DOTNET_TC_CallCountingDelayMs"] = "10000" };
}
