namespace EdgeSimToReal.Core.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void AFile_IsMade_WithItsFolders_AndReplaced()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["a/b/c.txt"], "one");
        AtomicFile.WriteText(folder["a/b/c.txt"], "two ü");
        Assert.Equal("two ü", File.ReadAllText(folder["a/b/c.txt"]));
        AssertNoParts(folder);
    }

    [Fact]
    public void AWriteThatFails_LeavesTheOldContent_AndNoPart()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["f"], "old");
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => AtomicFile.Write(folder["f"], stream =>
        {
            stream.Write(new byte[1 << 20]);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder["f"])); // nobody sees the half
            throw new IOException("No space left on device");
        }));
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Contains(folder["f"], error.Message);
        Assert.Contains("No space left on device", error.Message);
        Assert.Equal("old", File.ReadAllText(folder["f"]));
        AssertNoParts(folder);
    }

    [Fact]
    public void AnotherError_PassesThrough_AndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(folder["f"], _ => throw new OperationCanceledException()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void APlaceThatCantBe_IsOneClearError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        Directory.CreateDirectory(folder["folder/full"]);
        foreach (string path in new[] { "file/below", "folder" })
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => AtomicFile.WriteText(folder[path], "x"));
            Assert.Equal(ExitCode.Output, error.ExitCode);
        }
        AssertNoParts(folder);
    }

    [Fact]
    public void WritersAtOnce_LeaveOneWholeContent()
    {
        using TemporaryFolder folder = new();
        Parallel.For(0, 20, i => AtomicFile.Write(folder["f"], stream =>
        {
            for (int j = 0; j < 100; j++)
                stream.Write(Enumerable.Repeat((byte)i, 100).ToArray());
        }));
        byte[] content = File.ReadAllBytes(folder["f"]);
        Assert.Equal(10_000, content.Length);
        Assert.Single(content.Distinct());
        AssertNoParts(folder);
    }

    private static void AssertNoParts(TemporaryFolder folder) =>
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.part", SearchOption.AllDirectories));
}
