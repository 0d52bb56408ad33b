namespace EdgeSimToReal.Core;

/// <summary>Exit codes of the project's programs; documented in the README and stable.</summary>
public enum ExitCode
{
    /// <summary>The work was done.</summary>
    Ok = 0,

    /// <summary>An error that is a defect of the program; a stack trace is printed.</summary>
    Internal = 1,

    /// <summary>The command line was not understood.</summary>
    Usage = 2,

    /// <summary>A file, bundle, image or argument is wrong or missing.</summary>
    BadInput = 3,

    /// <summary>A server can't be reached, has gone, or speaks another version.</summary>
    Connection = 4,

    /// <summary>The result can't be written (disk full, no permission, reader gone).</summary>
    Output = 5,

    /// <summary>The machine lacks something that was asked for (library, device).</summary>
    Missing = 6,

    /// <summary>A training has diverged or collapsed; its last good checkpoint is told.</summary>
    Diverged = 7,

    /// <summary>Interrupted by Ctrl-C; what was written is valid.</summary>
    Interrupted = 130,
}
