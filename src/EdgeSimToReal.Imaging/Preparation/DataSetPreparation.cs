using System.Collections.Concurrent;
using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Sinks;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>
/// Brings a published data set to one size and label space, as labelled folders, one a split (the paper's chapter 4.1: Lanczos for images,
/// the nearest pixel for labels).
/// </summary>
/// <remarks>
/// The output holds "train", "val" and "test" with images, labels and manifest each; "train.txt", … with the names of each split;
/// "statistics.json"; "contact-sheet.png"; and "prepare.txt", which says how it was made. A run that was interrupted goes on where it was:
/// a pair is done when its manifest line is there. Running again changes nothing.
/// </remarks>
public sealed class DataSetPreparation
{
    private const string RecordName = "prepare.txt";

    private readonly SourceSet _source;
    private readonly PreparationOptions _options;
    private readonly string _output;
    private readonly LabelRemap? _remap;
    private int _done;

    /// <summary>Checks that the output can take this preparation; nothing is written.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="options">What it is prepared to.</param>
    /// <param name="output">The folder to create, or to go on in.</param>
    /// <exception cref="EdgeSimException">
    /// An option makes no sense, labels can't be mapped, or the folder holds something else.
    /// </exception>
    public DataSetPreparation(SourceSet source, PreparationOptions options, string output)
    {
        options.Validate();
        (_source, _options, _output) = (source, options, output);
        _remap = source.Space is null ? null : LabelRemap.Between(source.Space, options.Space);
        if (Path.GetFullPath(output) == Path.GetFullPath(source.Root))
            throw new EdgeSimException($"'{output}' is where the data set is read from.", "Write elsewhere.", ExitCode.Usage);
        string record = Path.Combine(output, RecordName);
        if (File.Exists(record) ? !IsOurs(record) : Directory.Exists(output) && Folder.Entries(output).Length > 0)
        {
            throw new EdgeSimException($"'{output}' holds something that was not prepared from this data set with these options, or the data "
                + "set has other pairs by now, which would be divided otherwise.",
                $"Choose an empty folder, or see its {RecordName}.", ExitCode.Output);
        }
        Total = source.Splits.Values.Sum(pairs => pairs.Count);
    }

    /// <summary>Pairs in all.</summary>
    public int Total { get; }

    /// <summary>Pairs that are done, or were found faulty.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Called after each pair, on the thread that runs: for tests that stop a run in its midst.</summary>
    internal Action? Advanced { get; set; }

    /// <summary>Prepares all that is not there yet.</summary>
    /// <param name="cancellation">Stops after the pairs that are being worked on.</param>
    /// <exception cref="EdgeSimException">Something can't be written.</exception>
    public PreparationReport Run(CancellationToken cancellation)
    {
        AtomicFile.WriteText(Path.Combine(_output, RecordName), Record());
        List<PairProblem> problems = [.. _source.Problems];
        Dictionary<string, SplitStatistics> statistics = [];
        List<LabelManifestEntry> samples = [];
        int written = 0;
        foreach ((string split, List<SourcePair> pairs) in SplitPairs.Divide(_source, _options))
        {
            string folder = Path.Combine(_output, split);
            SplitStatistics counts = statistics[split] = new(_options.Space);
            written += Run(folder, pairs, counts, problems, cancellation);
            IReadOnlyList<LabelManifestEntry> entries = LabelManifest.Read(Path.Combine(folder, LabelManifest.FileName));
            AtomicFile.WriteText(Path.Combine(_output, split + ".txt"),
                string.Concat(entries.Select(entry => Path.GetFileNameWithoutExtension(entry.Image) + "\n")));
            samples.AddRange(entries.Select(entry => entry with
            {
                Image = Path.Combine(folder, entry.Image),
                Label = entry.Label is null ? null : Path.Combine(folder, entry.Label),
            }));
        }
        PreparationReport report = new(_source.Layout, _source.Space?.Name, _remap?.To.Name, statistics, written, problems,
            !cancellation.IsCancellationRequested);
        if (report.IsComplete)
        {
            AtomicFile.WriteText(Path.Combine(_output, "statistics.json"), report.ToJson());
            if (_options.SheetPictures > 0 && samples.Count > 0)
                PreparationSheet.Write(Path.Combine(_output, "contact-sheet.png"), samples, _options);
        }
        return report;
    }

    private int Run(string folder, List<SourcePair> pairs, SplitStatistics counts, List<PairProblem> problems,
        CancellationToken cancellation)
    {
        string manifest = Path.Combine(folder, LabelManifest.FileName);
        Dictionary<string, LabelManifestEntry> known = File.Exists(manifest)
            ? LabelManifest.Read(manifest).ToDictionary(entry => Path.GetFileNameWithoutExtension(entry.Image), StringComparer.Ordinal)
            : [];
        using LabelledFolderSink sink = new(folder, _options.Extension, append: true);
        int workers = _options.Workers > 0 ? _options.Workers : Environment.ProcessorCount;
        // One pair at a time to whoever is free, results in the order of the pairs: the manifest is the same whoever was faster.
        ParallelQuery<Outcome> outcomes = Partitioner.Create(pairs, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered()
            .WithDegreeOfParallelism(Math.Clamp(workers, 1, 64)).WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(pair => cancellation.IsCancellationRequested ? default
                : known.TryGetValue(pair.Name, out LabelManifestEntry? entry) ? Recall(folder, entry) : Prepare(pair, sink));
        int written = 0;
        try
        {
            foreach (Outcome outcome in outcomes)
            {
                if (outcome.Problem is { } problem)
                    problems.Add(problem);
                if (outcome.Labels is { } labels)
                    counts.Add(labels);
                if (outcome.Entry is { } entry)
                {
                    sink.Append(entry);
                    written++;
                }
                Interlocked.Increment(ref _done);
                Advanced?.Invoke();
            }
        }
        catch (AggregateException error) when (error.Flatten().InnerExceptions.OfType<EdgeSimException>().FirstOrDefault() is { } first)
        {
            throw first;
        }
        sink.Complete();
        return written;
    }

    private static Outcome Recall(string folder, LabelManifestEntry entry) =>
        new(null, null, entry.Label is null ? [] : LabelFile.Read(Path.Combine(folder, entry.Label)).Ids);

    private Outcome Prepare(SourcePair pair, LabelledFolderSink sink)
    {
        Frame source = new(1, 1);
        try
        {
            ImageFile.Read(pair.Image, source, withTags: pair.Label is not null);
            if (pair.Label is not null && ReadLabels(pair.Label, source) is { } problem)
                return new Outcome(problem with { Path = pair.Image }, null, null);
        }
        catch (EdgeSimException error) when (error.ExitCode == ExitCode.BadInput)
        {
            return new Outcome(new PairProblem(PairFault.Unreadable, pair.Image, error.Message.TrimEnd('.')), null, null);
        }
        Frame target = new(_options.Width, _options.Height, source.HasTags);
        if (_options.Fit == FitMode.Crop)
            FrameResize.CentreCrop(source, target);
        else
            FrameResize.Letterbox(source, target);
        if (_remap is not null)
        {
            _remap.Apply(target.Tags, target.Tags);
            target.TagSpace = _remap.To;
        }
        LabelManifestEntry entry = sink.Store(pair.Name, target, target);
        string path = Path.GetRelativePath(_source.Root, pair.Image).Replace(Path.DirectorySeparatorChar, '/');
        return new Outcome(null, entry with { Frame = null, Source = path }, target.Tags);
    }

    private PairProblem? ReadLabels(string path, Frame frame)
    {
        IReadOnlyDictionary<int, long> strange;
        (int width, int height, byte[] ids) = _source.AreColours
            ? LabelFile.ReadColours(path, _source.Space!, out strange)
            : ReadIds(path, out strange);
        if ((width, height) != (frame.Width, frame.Height))
        {
            return new PairProblem(PairFault.SizeMismatch, path,
                $"it has {frame.Width}x{frame.Height} pixels, its label image '{path}' {width}x{height}");
        }
        if (strange.Count > 0)
        {
            string format = _source.AreColours ? "the colour #{0:x6} on {1} pixels" : "the id {0} on {1} pixels";
            IEnumerable<string> list = strange.OrderBy(pair => pair.Key).Take(8)
                .Select(pair => string.Format(CultureInfo.InvariantCulture, format, pair.Key, pair.Value));
            return new PairProblem(PairFault.UnknownLabel, path,
                $"its label image '{path}' has {string.Join(", ", list)}{(strange.Count > 8 ? ", …" : "")}: not labels of "
                + $"'{_source.Space}'");
        }
        ids.CopyTo(frame.Tags, 0);
        frame.TagSpace = _source.Space;
        return null;
    }

    private (int Width, int Height, byte[] Ids) ReadIds(string path, out IReadOnlyDictionary<int, long> strange)
    {
        (int width, int height, byte[] ids) = LabelFile.Read(path);
        strange = DataSetCheck.UnknownIds(ids, _source.Space!);
        return (width, height, ids);
    }

    /// <summary>What the output depends on: another text is another preparation.</summary>
    private string Record() => string.Create(CultureInfo.InvariantCulture, $"""
        source {_source.Root}
        layout {_source.Layout}
        labels {_source.Space?.Name ?? "none"}{(_source.AreColours ? " as colours" : "")} to {(_remap is null ? "none" : _remap.To.Name)}
        size {_options.Width}x{_options.Height}
        fit {_options.Fit}
        format {_options.Extension}
        split {SplitPairs.Describe(_source, _options)}

        """);

    private bool IsOurs(string record)
    {
        try
        {
            return File.ReadAllText(record) == Record();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read '{record}': {error.Message.TrimEnd('.')}.", "Check that you may, or write elsewhere.",
                ExitCode.Output, error);
        }
    }

    /// <param name="Problem">Why the pair was left out; null for a good one.</param>
    /// <param name="Entry">A new pair's manifest line.</param>
    /// <param name="Labels">A good pair's labels, empty for an unlabelled one; null for a pair that was not come to.</param>
    private readonly record struct Outcome(PairProblem? Problem, LabelManifestEntry? Entry, byte[]? Labels);
}
