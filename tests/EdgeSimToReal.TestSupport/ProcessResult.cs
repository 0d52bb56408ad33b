using System.Text;
using EdgeSimToReal.Core;
using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>What a finished program left.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProcessResult(int Code, byte[] Output, string Error)
{
    /// <summary>Its standard output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Its error: exactly one line that begins with "error:", no stack trace, nothing on standard output.</summary>
    /// <param name="expected">The exit code that must go with it.</param>
    public string OneError(ExitCode expected)
    {
        Assert.True((int)expected == Code, $"Exit code {Code}, not {(int)expected}: {Error}");
        Assert.Empty(Output);
        string line = Assert.Single(Error.Split('\n'), text => text.StartsWith("error: ", StringComparison.Ordinal));
        Assert.DoesNotContain("defect of edgesim", Error);
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("Exception", Error);
        Assert.DoesNotContain('\u001b', Error);
        return line;
    }

    /// <summary>Checks that it went well.</summary>
    public ProcessResult Good()
    {
        Assert.True(Code == 0, $"Exit code {Code}: {Error}");
        Assert.DoesNotContain("error:", Error);
        return this;
    }
}
