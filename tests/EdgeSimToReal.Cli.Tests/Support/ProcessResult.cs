using System.Text;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>What a finished program left: exit code, standard output and standard error.</summary>
internal sealed record ProcessResult(int Code, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Its error: exactly one line that begins with "error:", no stack trace, nothing on standard output.</summary>
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
