using System.Globalization;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Training.Checkpoints;

/// <summary>A training's folder of checkpoints: the last few ("step-000012000.checkpoint"), and the best one ("best.checkpoint").</summary>
/// <remarks>
/// A process that dies at any moment leaves every checkpoint that was there: files are written beside, flushed and renamed, and none
/// is deleted before the newer one was read back from its file. The best one is a copy, so it outlives the others, and a damaged
/// block harms one of the two only. Reading needs no claim: a run's checkpoints can be loaded while it goes on.
/// </remarks>
public sealed class CheckpointStore : IDisposable
{
    private const string Extension = ".checkpoint";
    private const string Prefix = "step-";

    private readonly int _keepLast;
    private FileStream? _claim;

    /// <summary>Names a folder; nothing is read or written yet.</summary>
    /// <param name="folder">The folder; it's created when a checkpoint is saved.</param>
    /// <param name="keepLast">How many of the last checkpoints are kept, at least 1.</param>
    public CheckpointStore(string folder, int keepLast = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        (Folder, _keepLast) = (folder, keepLast);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The best checkpoint's file, whether it's there or not.</summary>
    public string BestPath => Path.Combine(Folder, "best" + Extension);

    /// <summary>The files of all checkpoints but the best one, by step, the last one last; empty where the folder is missing.</summary>
    /// <exception cref="EdgeSimException">The folder can't be read.</exception>
    public IReadOnlyList<string> Paths => [.. Steps(Folder).Select(file => file.Path)];

    /// <summary>
    /// Takes the folder for this run until <see cref="Dispose"/>, and removes what killed runs have left half-written. Saving does it
    /// too; a run that does it first learns at its start that another one is using the folder.
    /// </summary>
    /// <exception cref="EdgeSimException">Another run holds the folder, or it can't be written.</exception>
    public void Claim()
    {
        if (_claim is not null)
            return;
        try
        {
            Directory.CreateDirectory(Folder);
            _claim = new FileStream(Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (string part in Directory.EnumerateFiles(Folder, $"*{Extension}.*.part"))
                File.Delete(part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't use '{Folder}' for checkpoints: {error.Message.TrimEnd('.')}.",
                "If another run is using it, wait for its end or give another folder.", ExitCode.Output, error);
        }
    }

    /// <summary>
    /// Saves a checkpoint, and then drops what is no longer needed. Checkpoints of later steps, left by a run that this one doesn't
    /// go on from, are renamed to ".aside", so that they are neither resumed from nor lost.
    /// </summary>
    /// <param name="state">The training's state.</param>
    /// <param name="step">Steps done, at least 0.</param>
    /// <param name="score">The validation's score, higher is better; null or NaN where there is none.</param>
    /// <returns>The checkpoint's path.</returns>
    /// <exception cref="EdgeSimException">It can't be written; the older checkpoints are as they were.</exception>
    public string Save(TrainingState state, long step, double? score = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Claim();
        (state.Step, state.Score) = (step, score);
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}{Extension}"));
        CheckpointFile.Write(path, state);
        CheckpointFile.Verify(path).Dispose();
        if (score is { } value && !double.IsNaN(value) && !(BestScore() >= value))
            Copy(path, BestPath);
        (string Path, long Step)[] files = [.. Steps(Folder)];
        foreach ((string later, _) in files.Where(file => file.Step > step))
            TryOrLeave(() => File.Move(later, later + ".aside", overwrite: true));
        foreach ((string old, _) in files.Where(file => file.Step < step).Reverse().Skip(_keepLast - 1))
            TryOrLeave(() => File.Delete(old));
        return path;
    }

    /// <summary>Loads the newest valid checkpoint; those that were passed over are its <see cref="TrainingState.Warnings"/>.</summary>
    /// <returns>The state; the caller disposes of it.</returns>
    /// <exception cref="EdgeSimException">The folder holds no checkpoint, or no valid one.</exception>
    public TrainingState LoadLatest()
    {
        List<string> faults = [];
        foreach (string path in Paths.Reverse().Concat(File.Exists(BestPath) ? [BestPath] : []))
        {
            try
            {
                TrainingState state = CheckpointFile.Read(path);
                state.Warnings = faults;
                return state;
            }
            catch (EdgeSimException error)
            {
                faults.Add(error.Message);
            }
        }
        throw faults.Count == 0
            ? new EdgeSimException($"'{Folder}' holds no checkpoint.",
                "Give the folder of a run's checkpoints, or start without resuming.")
            : new EdgeSimException($"'{Folder}' holds no valid checkpoint. {string.Join(" ", faults)}");
    }

    /// <summary>Loads the checkpoint with the best score.</summary>
    /// <returns>The state; the caller disposes of it.</returns>
    /// <exception cref="EdgeSimException">There is none, or it's damaged; a valid other one is offered.</exception>
    public TrainingState LoadBest() => Load(BestPath);

    /// <summary>Loads the checkpoint that a user names.</summary>
    /// <param name="path">Its file, or a folder of checkpoints, of which the newest valid one is taken.</param>
    /// <returns>The state; the caller disposes of it.</returns>
    /// <exception cref="EdgeSimException">It's missing or not valid; the last valid one before it, in its own folder, is offered.</exception>
    public static TrainingState Load(string path)
    {
        if (Directory.Exists(path))
            return new CheckpointStore(path).LoadLatest();
        try
        {
            return CheckpointFile.Read(path);
        }
        catch (EdgeSimException error) when (PreviousValid(path) is { } previous)
        {
            throw new EdgeSimException(error.Message, $"The last valid checkpoint before it is '{previous}'.", error.ExitCode, error);
        }
    }

    /// <summary>Lets the folder go.</summary>
    public void Dispose() => _claim?.Dispose();

    private static string? PreviousValid(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        long before = StepOf(path) ?? long.MaxValue;
        return Steps(folder).Where(file => file.Step < before).Select(file => file.Path).Reverse().FirstOrDefault(IsValid);
    }

    private static bool IsValid(string path)
    {
        try
        {
            CheckpointFile.Verify(path).Dispose();
            return true;
        }
        catch (EdgeSimException)
        {
            return false;
        }
    }

    private double? BestScore()
    {
        if (!File.Exists(BestPath))
            return null;
        try
        {
            using TrainingState best = CheckpointFile.Verify(BestPath);
            return best.Score;
        }
        catch (EdgeSimException)
        {
            return null; // a damaged best one is no loss when it is replaced
        }
    }

    private static void Copy(string from, string to) => AtomicFile.Write(to, stream =>
    {
        using FileStream source = File.OpenRead(from);
        source.CopyTo(stream);
    });

    private static IEnumerable<(string Path, long Step)> Steps(string folder)
    {
        try
        {
            return !Directory.Exists(folder) ? [] :
            [
                .. Directory.EnumerateFiles(folder, $"{Prefix}*{Extension}")
                    .Select(path => (Path: path, Step: StepOf(path) ?? -1)).Where(file => file.Step >= 0).OrderBy(file => file.Step),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the folder '{folder}': {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput, error);
        }
    }

    private static long? StepOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name[Prefix.Length..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? step : null;
    }

    private static void TryOrLeave(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The checkpoint is on the disk; the next save tries again.
        }
    }
}
