using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>A segmenter of this project as teacher.</summary>
internal sealed class SegmenterTeacher : Teacher
{
    private readonly bool _normalises;

    public SegmenterTeacher(TeacherOptions options, LabelSpace space, Device device, OuterOptions outer)
        : base(options)
    {
        Network = Load(options, space);
        // Of what was read: by the time that a bundle is written, its file may hold another network.
        Id = WeightsIdentity.Of(ModuleWeights.Export(Network));
        _normalises = outer.Normalisation == OuterNormalisation.Trained;
        foreach (TorchSharp.Modules.Parameter parameter in Network.parameters())
            parameter.requires_grad = false;
        Network.to(device);
        Network.train(outer.BatchNorm == OuterBatchNorm.Train);
    }

    /// <summary>The network.</summary>
    public Segmenter Network { get; }

    public override string Id { get; }

    public override long ParameterCount => Network.parameters().Sum(parameter => parameter.numel());

    /// <summary>The backbone's maps from fine to coarse.</summary>
    public IReadOnlyList<Tensor> Features(Tensor images) => Network.Features(Input(images));

    public override void Dispose() => Network.Dispose();

    protected override Tensor Logits(Tensor images) => Network.forward(Input(images));

    private Tensor Input(Tensor images) => _normalises ? Network.Normalise(images) : images;

    private static Segmenter Load(TeacherOptions options, LabelSpace space)
    {
        string path = options.Path;
        if (options.Space is { } told && told != space.Name)
        {
            throw new EdgeSimException($"The segmenter '{path}' is said to know the classes of {told}, the training needs {space}.",
                "Only an ONNX file's classes are mapped; leave 'space' out.");
        }
        IReadOnlyDictionary<string, string> metadata = WeightsFile.Read(path).Metadata;
        if (metadata.TryGetValue("label_space", out string? learnt) && learnt != space.Name)
        {
            throw new EdgeSimException($"The segmenter '{path}' has learnt the classes of {learnt}, the training needs {space}.",
                $"Set labelSpace to {learnt}, or train a segmenter with labelSpace {space}.");
        }
        Segmenter segmenter = Segmenter.Load(path);
        if (segmenter.Configuration.Classes == space.Count)
            return segmenter;
        int classes = segmenter.Configuration.Classes;
        segmenter.Dispose();
        throw new EdgeSimException($"The segmenter '{path}' tells {classes} classes apart, {space} has {space.Count}.",
            $"Give one that was trained with labelSpace {space}.");
    }
}
