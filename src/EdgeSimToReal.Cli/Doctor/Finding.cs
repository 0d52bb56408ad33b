namespace EdgeSimToReal.Cli.Doctor;

/// <summary>One check's result.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Verdict">Good, optional (works without it), or missing.</param>
/// <param name="Found">What was found.</param>
/// <param name="Mend">The line that mends it; null where nothing is to mend.</param>
public sealed record Finding(string Check, Verdict Verdict, string Found, string? Mend = null);
