using System.Runtime.InteropServices;

namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>An image file that holds the program which reads it until it is let go: tells where that is, and keeps it there.</summary>
internal sealed class HeldImage
{
    private const uint OwnersOnly = 0x180; // 0600

    private readonly string _path;
    private readonly byte[] _content;
    private FileStream? _writer;

    /// <summary>Makes a named pipe.</summary>
    /// <param name="path">The image's path; its folder is created.</param>
    /// <param name="content">What the reader gets in the end.</param>
    public HeldImage(string path, byte[] content)
    {
        (_path, _content) = (path, content);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Assert.Equal(0, MakePipe(path, OwnersOnly));
    }

    /// <summary>Returns when the program has opened the image.</summary>
    public void AwaitReader(ProgramProcess program)
    {
        Task<FileStream> opened = Task.Run(() => Open(FileAccess.Write)); // returns when there is a reader
        program.Await(() => opened.IsCompleted);
        if (!opened.Wait(1000)) // it may have come as the program ended
        {
            Open(FileAccess.Read).Dispose(); // nobody else will read
            Assert.Fail($"The program ended before it read '{_path}': {program.End().Error}");
        }
        _writer = opened.Result;
    }

    /// <summary>Gives the reader its image, and leaves a plain file for those who come later.</summary>
    public void LetGo()
    {
        File.Delete(_path);
        File.WriteAllBytes(_path, _content);
        using FileStream writer = _writer!;
        writer.Write(_content);
    }

    private FileStream Open(FileAccess access) => new(_path, FileMode.Open, access, FileShare.ReadWrite);

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi)]
    private static extern int MakePipe(string path, uint mode);
}
