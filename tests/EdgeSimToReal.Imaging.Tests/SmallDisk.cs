using System.Diagnostics;

namespace EdgeSimToReal.Imaging.Tests;

/// <summary>A file system of 2 MB that lives as long as a test; skips the test where mounting is not permitted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk()
    {
        if (Run("mount", "-t", "tmpfs", "-o", "size=2m", "edgesim-test", _folder.Path))
            return;
        _folder.Dispose();
        Assert.Skip("A small disk can't be mounted here (this needs root).");
    }

    public string Path => _folder.Path;

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
