namespace EdgeSimToReal.Core;

/// <summary>An error that a user can mend: what went wrong, where, and what to do about it.</summary>
/// <remarks>Programs print <see cref="Exception.Message"/> alone, without a stack trace, and exit with <see cref="ExitCode"/>.</remarks>
public sealed class EdgeSimException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="what">What went wrong, and where (file, address, argument), as one sentence.</param>
    /// <param name="mend">What the user can do, as one sentence; null when nothing is to be done.</param>
    /// <param name="exitCode">The process exit code that this error stands for.</param>
    /// <param name="cause">The underlying error, kept for logs.</param>
    public EdgeSimException(string what, string? mend = null, ExitCode exitCode = ExitCode.BadInput, Exception? cause = null)
        : base(mend is null ? what : $"{what} {mend}", cause) => ExitCode = exitCode;

    /// <summary>The process exit code that this error stands for.</summary>
    public ExitCode ExitCode { get; }
}
