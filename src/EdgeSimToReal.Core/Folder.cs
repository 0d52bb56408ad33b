namespace EdgeSimToReal.Core;

/// <summary>Lists folders; one that can't be read is bad input.</summary>
public static class Folder
{
    /// <summary>The files of a folder, in no order.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="pattern">File names, with "*" and "?".</param>
    /// <param name="depth">Whether those of its subfolders too.</param>
    /// <exception cref="EdgeSimException">It, or a subfolder, can't be listed.</exception>
    public static string[] Files(string path, string pattern = "*", SearchOption depth = SearchOption.TopDirectoryOnly) =>
        List(path, Directory.GetFiles, pattern, depth);

    /// <summary>The folders in a folder, in no order.</summary>
    /// <inheritdoc cref="Files"/>
    public static string[] Folders(string path) => List(path, Directory.GetDirectories);

    /// <summary>The files and folders in a folder, in no order.</summary>
    /// <inheritdoc cref="Files"/>
    public static string[] Entries(string path) => List(path, Directory.GetFileSystemEntries);

    private static string[] List(string path, Func<string, string, SearchOption, string[]> list, string pattern = "*",
        SearchOption depth = SearchOption.TopDirectoryOnly)
    {
        try
        {
            return list(path, pattern, depth);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't list the folder '{path}': {error.Message.TrimEnd('.')}.",
                "Check that it is there and that you may read it.", ExitCode.BadInput, error);
        }
    }
}
