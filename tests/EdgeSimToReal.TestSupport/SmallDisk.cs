using System.Diagnostics;
using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>A file system of 2 MB that lives as long as a test; skips the test where mounting is not permitted.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Mounts it.</summary>
    public SmallDisk()
    {
        if (Run("mount", "-t", "tmpfs", "-o", "size=2m", "edgesim-test", _folder.Path))
            return;
        _folder.Dispose();
        Assert.Skip("A small disk can't be mounted here (this needs root).");
    }

    /// <summary>The file system's path.</summary>
    public string Path => _folder.Path;

    /// <summary>A path in the file system.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using FileStream file = new(_folder["filler"], FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
