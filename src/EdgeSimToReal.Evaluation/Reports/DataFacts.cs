using System.Security.Cryptography;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Files that figures depend on.</summary>
/// <param name="Role">What they were used for.</param>
/// <param name="Path">Where they were, as it was given.</param>
/// <param name="Images">How many images; 0 for other files.</param>
/// <param name="Sha256">SHA-256 over the files' contents one after the other: each image, then its label.</param>
public sealed record DataFacts(string Role, string Path, int Images, string Sha256)
{
    /// <summary>Reads and sums up files.</summary>
    /// <param name="role">What they are used for.</param>
    /// <param name="path">Where they are, as it was given.</param>
    /// <param name="images">How many images.</param>
    /// <param name="files">The files in order.</param>
    /// <exception cref="EdgeSimException">A file can't be read.</exception>
    public static DataFacts Of(string role, string path, int images, IEnumerable<string> files)
    {
        byte[] piece = new byte[1 << 20];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            try
            {
                // Piece by piece: a video may be larger than an array.
                using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                for (int read; (read = stream.Read(piece)) > 0;)
                    hash.AppendData(piece, 0, read);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new EdgeSimException($"Can't read '{file}': {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput, error);
            }
        }
        return new DataFacts(role, path, images, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
