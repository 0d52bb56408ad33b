using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Training;

/// <summary>How a child process of edgesim-train ended.</summary>
/// <param name="Code">Its exit code, never <see cref="ExitCode.Interrupted"/>.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">The text of its last error line; empty where it told none.</param>
public sealed record TrainerResult(ExitCode Code, string Output, string Error);
