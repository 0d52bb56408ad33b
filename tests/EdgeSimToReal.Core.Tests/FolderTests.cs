namespace EdgeSimToReal.Core.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Listed_AreFilesFoldersAndBoth()
    {
        Directory.CreateDirectory(_folder["a/b"]);
        string[] files = ["x.png", "y.txt", "a/z.png"];
        foreach (string file in files)
            File.WriteAllText(_folder[file], "");
        Assert.Equal(Paths("x.png", "y.txt"), Folder.Files(_folder.Path).Order());
        Assert.Equal(Paths("a/z.png", "x.png"), Folder.Files(_folder.Path, "*.png", SearchOption.AllDirectories).Order());
        Assert.Equal(Paths("a"), Folder.Folders(_folder.Path));
        Assert.Equal(Paths("a", "x.png", "y.txt"), Folder.Entries(_folder.Path).Order());

        string[] Paths(params string[] names) => [.. names.Select(name => _folder[name])];
    }

    [Fact]
    public void MissingFoldersAndFiles_AreBadInput()
    {
        File.WriteAllText(_folder["file"], "");
        Func<string, string[]>[] lists = [path => Folder.Files(path), Folder.Folders, Folder.Entries];
        foreach (Func<string, string[]> list in lists)
        {
            foreach (string path in new[] { _folder["missing"], _folder["file"] })
            {
                EdgeSimException error = Assert.Throws<EdgeSimException>(() => list(path));
                Assert.Equal(ExitCode.BadInput, error.ExitCode);
                Assert.Contains($"Can't list the folder '{path}'", error.Message);
            }
        }
    }

    [Fact]
    public void AFolderThatMayNotBeRead_IsBadInput()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "An administrator may read everything.");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        string closed = Directory.CreateDirectory(_folder["a/closed"]).FullName;
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => Folder.Files(_folder.Path, depth: SearchOption.AllDirectories));
            Assert.Equal(ExitCode.BadInput, error.ExitCode);
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
