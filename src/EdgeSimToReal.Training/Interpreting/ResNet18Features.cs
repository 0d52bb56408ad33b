using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>
/// Features of photographs from an ImageNet network that others trained: ResNet18 of the NuGet package
/// Microsoft.ML.DnnImageFeaturizer.ResNet18, frozen, differentiable to the image.
/// </summary>
/// <remarks>
/// It is not torchvision's network: 22 convolutions, and strided layers pad top and left by one more than bottom and right. Cut at one of
/// its feature maps it takes images of any size. Builds of the trainer carry the file beside themselves; it is 64 MB.
/// </remarks>
public sealed class ResNet18Features : IDisposable
{
    /// <summary>Most levels that <see cref="Forward"/> returns.</summary>
    public const int MostLevels = 5;

    private static readonly string[] Taps = [.. ResNet18File.Taps];

    private readonly OnnxNetwork _network;
    private Tensor _mean;

    private ResNet18Features(OnnxNetwork network)
    {
        _network = network;
        _mean = tensor([.. ResNet18File.Mean]).reshape(1, 3, 1, 1).DetachFromDisposeScope();
    }

    /// <summary>Channels of the feature maps from fine to coarse.</summary>
    public static IReadOnlyList<int> Channels => ResNet18File.Channels;

    /// <summary>The identity of the weights.</summary>
    public string Id => _network.Id;

    /// <summary>Reads the network.</summary>
    /// <param name="path">
    /// The file; null: the one that <see cref="ResNet18File.Variable"/> names, else <see cref="ResNet18File.Name"/> beside the program.
    /// </param>
    /// <exception cref="EdgeSimException">The file is missing, or holds another network.</exception>
    public static ResNet18Features Load(string? path = null)
    {
        path = ResNet18File.Find(path) ?? throw ResNet18File.Missing(Path.Combine(AppContext.BaseDirectory, ResNet18File.Name));
        OnnxNetwork network = OnnxNetwork.Load(path);
        if (Taps.FirstOrDefault(tap => !network.Has(tap)) is not { } missing)
            return new ResNet18Features(network);
        network.Dispose();
        throw ResNet18File.Another(path, missing);
    }

    /// <summary>Moves the network; images must be on the same device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>This network.</returns>
    public ResNet18Features To(Device device)
    {
        _network.To(device);
        Tensor moved = _mean.to(device).DetachFromDisposeScope();
        if (!ReferenceEquals(moved, _mean))
            _mean.Dispose();
        _mean = moved;
        return this;
    }

    /// <summary>Feature maps after rectification, from fine to coarse.</summary>
    /// <param name="image">[N, 3, H, W], red, green, blue in [-1, 1], sides of at least 32.</param>
    /// <param name="levels">How many, 1 to 5: 64 channels at 1/2, 64 at 1/4, 128 at 1/8, 256 at 1/16, 512 at 1/32.</param>
    /// <returns>Maps [N, C, H / 2ⁿ, W / 2ⁿ], not negative, in the image's type.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another number of levels.</exception>
    public IReadOnlyList<Tensor> Forward(Tensor image, int levels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, MostLevels);
        using IDisposable scope = NewDisposeScope();
        Tensor planes = (image.flip(1) + 1) * 127.5 - _mean.to(image.dtype);
        return [.. _network.Forward(planes, Taps[..levels]).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _mean.Dispose();
    }
}
