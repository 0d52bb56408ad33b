using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>The label guard where the frames are: pictures stay on the GPU, some 30 kilobytes of counts and sums come back.</summary>
/// <remarks>
/// What is measured is what <see cref="LabelGuard"/> measures, to 1e-6. It has a stream of its own: a recording that fails leaves its
/// stream of no use, which must not be the frames'. Beside the live path that stream is of low priority, and the frame's memory is kept
/// until the guard's own copy is made.
/// </remarks>
public sealed class CudaLabelGuard : ILabelGuard
{
    // The places of the labels: where they are, and moved in each of four directions; the simulator's picture has the first alone.
    private const int Places = 5;
    private const int SumsPerPlace = 3;
    private const double Unit = 1 << 24;

    /// <summary>Classes whose matrix fits the 48 KiB of shared memory that every GPU gives a group.</summary>
    internal const int MaxClasses = 110;

    // Threads of the kernels that count: some groups for each multiprocessor of a large GPU.
    private const int CountingThreads = 256 * 256;

    private readonly CudaLiveTranslator _translator;
    private readonly int _width;
    private readonly int _height;
    private readonly bool _waitedFor;
    private readonly Func<CudaStream, bool, ICudaGuardNetwork> _load;
    private readonly List<IDisposable> _owned = [];
    private CudaStream _stream = null!;
    private ICudaGuardNetwork _network = null!;
    private readonly CudaEvent _taken = null!;
    private readonly PinnedBuffer<byte> _hostTags = null!;
    private readonly DeviceBuffer<byte> _labels = null!;
    private readonly DeviceBuffer<byte> _marks = null!;
    private readonly DeviceBuffer<byte> _best = null!;
    private readonly DeviceBuffer<float> _logSum = null!;
    private readonly DeviceBuffer<byte> _objects = null!;
    private readonly DeviceBuffer<int> _results = null!; // [6, 3] long, two matrices, then two pictures' object cells
    private readonly PinnedBuffer<int> _hostResults = null!;
    private readonly CudaKernel<ResampleArguments> _prepare = null!;
    private readonly CudaKernel<RemapArguments> _remapIds = null!;
    private readonly CudaKernel<MarkChangesArguments> _mark = null!;
    private readonly CudaKernel<ClassifyArguments> _classify = null!;
    private readonly CudaKernel<ConfusionArguments> _confuse = null!;
    private readonly CudaKernel<LikelihoodArguments> _likelihood = null!;
    private readonly CudaKernel<ObjectCellsArguments> _objectCells = null!;
    private CudaGuardPictures? _pictures;
    private DeviceBuffer<byte>? _table;
    private LabelRemap? _remap;
    private ulong _frame;

    /// <summary>Loads a bundle's guard beside a translator.</summary>
    /// <param name="translator">The translator whose frames are judged; outlives the guard.</param>
    /// <param name="bundle">A bundle with a guard.</param>
    /// <param name="policy">With <see cref="GuardPolicy.Passthrough"/> frames wait for the guard.</param>
    /// <exception cref="EdgeSimException">The bundle has no guard, ONNX Runtime refuses it, or memory runs out.</exception>
    public CudaLabelGuard(CudaLiveTranslator translator, ModelBundle bundle, GuardPolicy policy)
        : this(translator, bundle.Manifest.Guard ?? throw BundleGuardWriter.Missing(bundle.Folder),
            (stream, record) => new CudaGuardSession(stream, bundle, translator.Options, record), policy)
    {
    }

    /// <summary>The same with a network of the caller's.</summary>
    /// <param name="translator">The translator whose frames are judged; outlives the guard.</param>
    /// <param name="guard">What the bundle says of the guard.</param>
    /// <param name="load">Makes the network, which computes on the stream, recorded or not; disposed in the end.</param>
    /// <param name="policy">With <see cref="GuardPolicy.Passthrough"/> frames wait for the guard.</param>
    internal CudaLabelGuard(CudaLiveTranslator translator, BundleGuard guard, Func<CudaStream, bool, ICudaGuardNetwork> load,
        GuardPolicy policy)
    {
        (_translator, Description, Space, _width, _height, _load) =
            (translator, guard, LabelSpaces.ByName(guard.LabelSpace), guard.Width, guard.Height, load);
        (Confusion, UntranslatedConfusion) = (new ConfusionMatrix(Space.Count), new ConfusionMatrix(Space.Count));
        if (Space.Count > MaxClasses)
        {
            throw new EdgeSimException($"The label guard has {Space.Count} classes, and a GPU counts at most {MaxClasses}.",
                "Use a guard of fewer classes, or --device cpu.");
        }
        try
        {
            CudaDevice device = translator.Gpu;
            device.MakeCurrent();
            _waitedFor = policy == GuardPolicy.Passthrough;
            Load(translator.Recorded);
            _taken = Own(new CudaEvent(device));
            int pixels = _width * _height;
            _hostTags = Own(new PinnedBuffer<byte>(device, pixels));
            _labels = Own(new DeviceBuffer<byte>(device, pixels));
            _marks = Own(new DeviceBuffer<byte>(device, pixels));
            _best = Own(new DeviceBuffer<byte>(device, pixels));
            _logSum = Own(new DeviceBuffer<float>(device, pixels));
            _objects = Own(new DeviceBuffer<byte>(device, Space.Objects.AsSpan()));
            _results = Own(new DeviceBuffer<int>(device, SumInts + (2 * Cells) + (2 * ObjectInts)));
            _hostResults = Own(new PinnedBuffer<int>(device, _results.Length));
            _prepare = translator.Module.Kernel<ResampleArguments>("PrepareSingle");
            _remapIds = translator.Module.Kernel<RemapArguments>("Remap");
            _mark = translator.Module.Kernel<MarkChangesArguments>("MarkChanges");
            _classify = translator.Module.Kernel<ClassifyArguments>("Classify");
            _confuse = translator.Module.Kernel<ConfusionArguments>("Confusion");
            _likelihood = translator.Module.Kernel<LikelihoodArguments>("Likelihood");
            _objectCells = translator.Module.Kernel<ObjectCellsArguments>("ObjectCells");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public BundleGuard Description { get; }

    /// <inheritdoc/>
    public LabelSpace Space { get; }

    /// <inheritdoc/>
    public ConfusionMatrix Confusion { get; }

    /// <inheritdoc/>
    public ConfusionMatrix UntranslatedConfusion { get; }

    /// <inheritdoc/>
    public string Note { get; private set; } = "";

    /// <summary>The stream that the guard computes in.</summary>
    internal CudaStream Stream => _stream;

    private static int SumInts => (Places + 1) * SumsPerPlace * sizeof(long) / sizeof(int);

    private int Cells => Space.Count * (Space.Count + 1);

    private int ObjectInts => Space.Objects.Length * ObjectCells.Count(_width, _height) * Unsafe.SizeOf<ObjectCell>() / sizeof(int);

    /// <inheritdoc/>
    public void WarmUp()
    {
        _translator.Gpu.MakeCurrent();
        try
        {
            _network.WarmUp();
        }
        catch (EdgeSimException error) when (_translator is { Recorded: true, Options.Graph: CudaGraphUse.Auto }
            && error.InnerException is OnnxRuntimeException)
        {
            Unload();
            Load(record: false);
            _network.WarmUp();
            Note = $"label guard not recorded: {error.InnerException.Message.TrimEnd('.')}";
        }
    }

    /// <inheritdoc/>
    public void Prepare(Frame source, Frame translated)
    {
        if (!source.HasTags || source.TagSpace is not { } space)
            throw LabelGuard.TagsMissing($"frame {source.Id}");
        CudaDevice device = _translator.Gpu;
        device.MakeCurrent();
        CudaFrame frame = _translator.LastFrame;
        if (_remap?.From != space)
        {
            LabelRemap remap = LabelRemap.Between(space, Space);
            _table?.Dispose();
            _table = null;
            (_remap, _table) = (null, new DeviceBuffer<byte>(device, remap.Table));
            _remap = remap;
        }
        if (_pictures?.Suits(frame.Geometry) != true)
        {
            _pictures?.Dispose();
            _pictures = null;
            _pictures = new CudaGuardPictures(device, frame.Geometry, _width, _height);
        }
        // Padding has no labels: what is seen there counts for nothing. Thinned on the host, so that less goes up.
        _pictures.Tags.PrepareTags(source.Tags, _hostTags.Span);
        _stream.Upload(_hostTags, _labels);
        _remapIds.Launch(_stream, _labels.Length, 1, new RemapArguments(_labels.View, _table!.View, _labels.View));
        int values = _network.Input.Length / GuardNetwork.Pictures;
        _pictures.Prepare(_prepare, _stream, frame, _network.Input.Slice(0, values), _network.Input.Slice(values, values));
        if (!_waitedFor)
        {
            _taken.Record(_stream);
            _translator.Hold(_taken);
        }
        _frame = source.Id;
    }

    /// <inheritdoc/>
    public GuardReading Read()
    {
        _translator.Gpu.MakeCurrent();
        _stream.Clear(_results);
        PixelRectangle picture = _pictures!.Picture;
        _mark.Launch(_stream, _labels.Length, 1, new MarkChangesArguments(_labels.View, _width, picture.X, picture.Y, picture.Right,
            picture.Bottom, LabelGuard.Reach, _marks.View));
        _network.Run();
        Compare(0, Places);
        Compare(1, 1);
        _stream.Download(_results, _hostResults);
        _stream.Synchronize();
        ReadOnlySpan<int> results = _hostResults.Span;
        Confusion.Set(results.Slice(SumInts, Cells));
        UntranslatedConfusion.Set(results.Slice(SumInts + Cells, Cells));
        double moved = Math.Max(Math.Max(Mean(1), Mean(2)), Math.Max(Mean(3), Mean(4)));
        return new GuardReading(_frame, Confusion.MeanIoU(), UntranslatedConfusion.MeanIoU(), Mean(0), Mean(Places), moved,
            ObjectCells.LeastKept(Objects(0), Objects(1), Space.Objects.Length, _width / ObjectCells.Side));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A frame may have been taken over and never read.
        _translator.Gpu.Drain();
        _pictures?.Dispose();
        _table?.Dispose();
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
        Unload();
    }

    private void Load(bool record)
    {
        _stream = new CudaStream(_translator.Gpu, _waitedFor ? StreamPriority.High : StreamPriority.Low);
        _network = _load(_stream, record);
    }

    private void Unload()
    {
        // ONNX Runtime works on the stream until its session is gone.
        _network?.Dispose();
        _stream?.Dispose();
    }

    private void Compare(int picture, int places)
    {
        int pixels = _labels.Length;
        DeviceView logits = _network.Logits.Slice(picture * Space.Count * pixels, Space.Count * pixels);
        _classify.Launch(_stream, pixels, 1, new ClassifyArguments(logits, Space.Count, _best.View, _logSum.View));
        int threads = Math.Min(pixels, CountingThreads);
        _confuse.Launch(_stream, threads, 1, new ConfusionArguments(_labels.View, _best.View, Space.Count,
            _results.Slice(SumInts + (picture * Cells), Cells)), Cells * sizeof(int));
        int sums = places * SumsPerPlace;
        DeviceView target = new(_results.Handle + (picture * Places * SumsPerPlace * sizeof(long)), sums);
        _likelihood.Launch(_stream, threads, 1, new LikelihoodArguments(_labels.View, _marks.View, _width, LabelGuard.Reach, Space.Count,
            LabelGuard.Move, places, logits, _logSum.View, target), sums * sizeof(long));
        _objectCells.Launch(_stream, _objects.Length * ObjectCells.Count(_width, _height), 1, new ObjectCellsArguments(_labels.View, _width,
            ObjectCells.Side, Space.Count, _objects.View, logits, _logSum.View, _results.Slice(ObjectsAt(picture), ObjectInts)));
    }

    private int ObjectsAt(int picture) => SumInts + (2 * Cells) + (picture * ObjectInts);

    private ReadOnlySpan<ObjectCell> Objects(int picture) =>
        MemoryMarshal.Cast<int, ObjectCell>(_hostResults.Span.Slice(ObjectsAt(picture), ObjectInts));

    // NaN where no pixel was read, or one that is no number.
    private double Mean(int place)
    {
        ReadOnlySpan<long> sums = MemoryMarshal.Cast<int, long>(_hostResults.Span[..SumInts])
            .Slice(place * SumsPerPlace, SumsPerPlace);
        return sums[2] > 0 ? double.NaN : sums[0] / Unit / sums[1];
    }

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }
}
