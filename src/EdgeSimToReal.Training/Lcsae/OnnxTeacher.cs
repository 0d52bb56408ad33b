using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Training.Interpreting;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>A segmentation network of anybody in an ONNX file as teacher.</summary>
/// <remarks>
/// It computes in 32 bits on the CPU, where libtorch's bf16 convolutions need channels in multiples of 8, and in the images' type on a GPU.
/// Images are repeated at the bottom and right border up to the multiple of pixels that the network needs, which is found by trying.
/// </remarks>
internal sealed class OnnxTeacher : Teacher
{
    // An absent class's share: it is never the greatest, and its logarithm is finite.
    private const double LeastShare = 1e-12;

    private static readonly int[] Multiples = [16, 32, 64, 128, 256];

    private readonly OnnxNetwork _network;
    private readonly long[][] _sources; // of each class of the training: the network's
    private readonly bool _signed;
    private readonly (long Height, long Width)? _fixed;
    private readonly int _multiple;

    public OnnxTeacher(TeacherOptions options, LabelSpace space, Device device)
        : base(options)
    {
        _network = OnnxNetwork.Load(options.Path);
        try
        {
            IReadOnlyDictionary<string, string> metadata = _network.Metadata;
            _signed = SegmenterDescription.IsIn(metadata);
            LabelSpace own = SegmenterDescription.ClassesOf(
                metadata, options.Space is { } name ? LabelSpaces.ByName(name) : null, options.Path, "'space' beside its path");
            IReadOnlyList<long> shape = _network.InputShapes.Count == 1 ? _network.InputShapes[0] : [];
            if (shape.Count != 4 || shape[1] is not (3 or -1))
            {
                throw new EdgeSimException($"'{options.Path}' takes {_network.Inputs.Count} inputs, the first one [{string.Join(", ", shape)}].",
                    "A teacher takes one image, [N, 3, H, W].");
            }
            _fixed = shape[2] > 0 && shape[3] > 0 ? (shape[2], shape[3]) : null;
            _multiple = _fixed is null ? LeastMultiple(own) : 1;
            if (_fixed is { } size)
                CheckClasses(Run(zeros(1, 3, size.Height, size.Width)), own);
            byte[] table = LabelRemap.Between(own, space).Table.ToArray();
            _sources = [.. space.Classes.Select(c => own.Classes.Select(source => (long)source.Id).Where(id => table[id] == c.Id).ToArray())];
            UnknownClasses = [.. space.Classes.Where((_, i) => _sources[i].Length == 0).Select(c => c.Id)];
            _network.To(device);
        }
        catch
        {
            _network.Dispose();
            throw;
        }
    }

    public override string Id => _network.Id;

    public override long ParameterCount => _network.ParameterCount;

    public override IReadOnlyList<byte> UnknownClasses { get; }

    public override void Dispose() => _network.Dispose();

    protected override Tensor Logits(Tensor images)
    {
        (long height, long width) = (images.shape[2], images.shape[3]);
        if (_fixed is { } size && size != (height, width))
        {
            throw new EdgeSimException($"The network '{Options.Path}' takes images of {size.Width}x{size.Height} alone, and is given "
                + $"{width}x{height} (enlarged by {Options.Scale}).", "Choose crops and scale accordingly, or a network of any size.");
        }
        Tensor input = images.device_type == DeviceType.CPU ? images.to(ScalarType.Float32) : images;
        if (!_signed)
            input = (input + 1) / 2;
        (long below, long beside) = (Missing(height), Missing(width));
        if (below + beside == 0)
            return Run(input);
        Tensor logits = Run(nn.functional.pad(input, [0, beside, 0, below], PaddingModes.Replicate));
        (long h, long w) = (logits.shape[2], logits.shape[3]);
        return logits.narrow(2, 0, h * height / (height + below)).narrow(3, 0, w * width / (width + beside));
    }

    protected override Tensor ToTrainingSpace(Tensor logits)
    {
        Tensor shares = nn.functional.log_softmax(logits.to(ScalarType.Float32), 1);
        Tensor? absent = null;
        return stack(_sources.Select(sources => sources.Length switch
        {
            0 => absent ??= full_like(shares.select(1, 0), Math.Log(LeastShare)),
            1 => shares.select(1, sources[0]),
            _ => shares.index_select(1, tensor(sources, device: shares.device)).logsumexp(1),
        }), 1);
    }

    private long Missing(long side) => (_multiple - (side % _multiple)) % _multiple;

    private Tensor Run(Tensor input) => _network.Forward(input);

    /// <summary>The least number of pixels of which the sides must be multiples: odd ones of a smaller number fail.</summary>
    private int LeastMultiple(LabelSpace own)
    {
        EdgeSimException? refused = null;
        foreach (int multiple in Multiples)
        {
            using IDisposable scope = NewDisposeScope(), frozen = no_grad();
            Tensor logits;
            try
            {
                logits = Run(zeros(1, 3, multiple, 3 * multiple));
            }
            catch (EdgeSimException error)
            {
                refused = error;
                continue;
            }
            CheckClasses(logits, own);
            return multiple;
        }
        throw refused!;
    }

    // A last class without meaning (CamVid's void) may be left out.
    private void CheckClasses(Tensor logits, LabelSpace own)
    {
        if (logits.dim() == 4 && logits.shape[1] <= own.Count && logits.shape[1] >= own.Count - 1)
            return;
        throw new EdgeSimException($"'{Options.Path}' puts out [{string.Join(", ", logits.shape)}], and its label space {own} has "
            + $"{own.Count} classes.", "A teacher puts out [N, classes, H, W]; set 'space' to the one that it has learnt.");
    }
}
