using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The inner semantic branch (LC-SAE report, 3.1.1): from the encoder's activation just before the structure code to class logits at
/// 1/4 of the image's size, by learnt ×2 up-samplings that halve the channels, each followed by a 3×3 convolution, and a 1×1 prediction.
/// </summary>
/// <remarks>Its keys in a checkpoint follow "E.ToInnerSemantic."; it serves in training only.</remarks>
public sealed class InnerSemanticBranch : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.Module<Tensor, Tensor>> _layers = [];

    /// <summary>Creates the branch with random weights on the CPU.</summary>
    /// <param name="configuration">The encoder's sizes: two up-samplings for a structure code at 1/16, one at 1/8.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <exception cref="Core.EdgeSimException">The encoder can't carry the branch.</exception>
    public InnerSemanticBranch(SaeConfiguration configuration, int classes)
        : base(nameof(InnerSemanticBranch))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        configuration.Validate();
        Classes = classes;
        int index = 0;
        foreach (SaeBlock block in configuration.InnerBlocks)
        {
            Add(index, new TransposedConvolution(block.Input, block.Output));
            Add(index + 2, ConvolutionLayer.SameSize(block.Output, block.Output, 3)); // index + 1 is the reference's ReLU
            index += 3;
        }
        Add(index, ConvolutionLayer.SameSize(configuration.InnerFeatureChannels, classes, 1, activate: false));
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Predicts the classes.</summary>
    /// <param name="innerFeatures">[N, M, H/s, W/s] of <see cref="Encoder.ForwardWithInnerFeatures"/>.</param>
    /// <returns>Logits [N, classes, H/4, W/4].</returns>
    public override Tensor forward(Tensor innerFeatures)
    {
        using IDisposable scope = NewDisposeScope();
        return _layers.Chain(innerFeatures.ChannelsLast()).MoveToOuterDisposeScope();
    }

    private void Add(int index, nn.Module<Tensor, Tensor> layer) => _layers.Add(this.Register($"{index}", layer));
}
