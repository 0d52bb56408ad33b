using System.Collections.Concurrent;
using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sinks;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>Writes a collection beside the simulator's work: encoding a picture takes as long as rendering one.</summary>
/// <remarks>
/// A frame's manifest line comes after its files and its predecessor's line are complete, so that whatever ends the program, every line
/// names whole files, lines are in the frames' order, and files without a line, of frames that were under way, are overwritten by the run
/// that goes on.
/// </remarks>
internal sealed class CollectionWriter : IDisposable
{
    private const int Waiting = 8;

    private readonly BlockingCollection<(int Number, CollectedFrame Frame)> _queue = new(Waiting);
    private readonly Dictionary<int, LabelManifestEntry> _finished = []; // before their predecessors
    private readonly LabelledFolderSink _sink;
    private readonly string _folder;
    private readonly Thread[] _threads;
    private EdgeSimException? _failure;
    private int _next;
    private int _nextLine;

    /// <summary>Opens the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="extension">The images' format.</param>
    /// <param name="source">Where frames come from, for the manifest.</param>
    /// <param name="resume">Whether to go on in a folder that holds a collection.</param>
    public CollectionWriter(string folder, string extension, string source, bool resume)
    {
        _folder = folder;
        string manifest = Path.Combine(folder, LabelManifest.FileName);
        Earlier = resume && File.Exists(manifest) ? LabelManifest.Read(manifest) : [];
        _next = Earlier.Select(entry => int.TryParse(Path.GetFileNameWithoutExtension(entry.Image), NumberStyles.None,
            CultureInfo.InvariantCulture, out int number) ? number + 1 : 0).DefaultIfEmpty(0).Max();
        _nextLine = _next;
        _sink = new LabelledFolderSink(folder, extension, source: source, append: resume);
        _threads = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount / 2, 1, 4))
            .Select(i => new Thread(Run) { IsBackground = true, Name = $"writer {i}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>The lines that an earlier run wrote.</summary>
    public IReadOnlyList<LabelManifestEntry> Earlier { get; }

    /// <summary>Hands a frame over, waiting while too many are under way.</summary>
    /// <exception cref="EdgeSimException">An earlier one could not be written.</exception>
    public void Add(CollectedFrame frame)
    {
        Check();
        _queue.Add((_next++, frame));
    }

    /// <summary>Waits until all is written.</summary>
    /// <exception cref="EdgeSimException">Something could not be.</exception>
    public void Complete()
    {
        Finish();
        Check();
        _sink.Complete();
    }

    public void Dispose()
    {
        Finish();
        _sink.Dispose();
        _queue.Dispose();
    }

    private void Check()
    {
        if (Volatile.Read(ref _failure) is { } failure)
            throw failure;
    }

    private void Finish()
    {
        if (!_queue.IsAddingCompleted)
            _queue.CompleteAdding();
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Run()
    {
        foreach ((int number, CollectedFrame frame) in _queue.GetConsumingEnumerable())
        {
            if (Volatile.Read(ref _failure) is not null)
                continue; // nobody waits for a place in the queue for ever
            try
            {
                Write(number, frame);
            }
            catch (EdgeSimException error)
            {
                Interlocked.CompareExchange(ref _failure, error, null);
            }
        }
    }

    private void Write(int number, CollectedFrame frame)
    {
        string name = number.ToString("D6", CultureInfo.InvariantCulture);
        (int width, int height) = (frame.Frame.Width, frame.Frame.Height);
        LabelManifestEntry stored = _sink.Store(name, frame.Frame, frame.Frame);
        LabelManifestEntry entry = frame.About with
        {
            Image = stored.Image,
            Label = stored.Label,
            Frame = stored.Frame,
            Time = stored.Time,
            Pose = stored.Pose,
            LabelSpace = stored.LabelSpace,
            Source = stored.Source,
        };
        if (frame.Depth is { } depth)
        {
            entry = entry with { Depth = $"depth/{name}.png" };
            ushort[] centimetres = Array.ConvertAll(depth, metres => (ushort)Math.Clamp(MathF.Round(metres * 100), 0, ushort.MaxValue));
            Grey16File.Write(Path.Combine(_folder, entry.Depth), width, height, centimetres);
        }
        if (frame.Instances is { } instances)
        {
            entry = entry with { Instances = $"instances/{name}.png" };
            Grey16File.Write(Path.Combine(_folder, entry.Instances), width, height, instances);
        }
        lock (_finished)
        {
            _finished.Add(number, entry);
            while (_finished.Remove(_nextLine, out LabelManifestEntry? line))
            {
                _sink.Append(line);
                _nextLine++;
            }
        }
    }
}
