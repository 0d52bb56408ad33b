using EdgeSimToReal.Core;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>
/// Features of photographs from an ImageNet network that no training of this project took part in: ResNet18 of the NuGet package
/// Microsoft.ML.DnnImageFeaturizer.ResNet18, frozen, differentiable to the image.
/// </summary>
/// <remarks>
/// It is not torchvision's network: 22 convolutions, and strided layers pad top and left by one more than bottom and right. Cut at one of
/// its feature maps it takes images of any size. Builds of the trainer carry the file beside themselves; it is 64 MB.
/// </remarks>
public sealed class ResNet18Features : IDisposable
{
    /// <summary>Name of the file beside the program.</summary>
    public const string FileName = "ResNet18.onnx";

    /// <summary>The environment variable that names the file where it is not beside the program.</summary>
    public const string Variable = "EDGESIM_RESNET18";

    /// <summary>Most levels that <see cref="Forward"/> returns.</summary>
    public const int MostLevels = 5;

    // From fine to coarse: 1/2, 1/4, 1/8, 1/16, 1/32 of the image.
    private static readonly string[] Taps = ["ReLU253_Output_0", "ReLU283_Output_0", "ReLU315_Output_0", "ReLU347_Output_0", "ReLU393_Output_0"];
    private static readonly float[] MeanBgr = [103, 116, 123];

    private readonly OnnxNetwork _network;
    private Tensor _mean;

    private ResNet18Features(OnnxNetwork network)
    {
        _network = network;
        _mean = tensor(MeanBgr).reshape(1, 3, 1, 1).DetachFromDisposeScope();
    }

    /// <summary>Channels of the feature maps from fine to coarse.</summary>
    public static IReadOnlyList<int> Channels { get; } = [64, 64, 128, 256, 512];

    /// <summary>The identity of the weights.</summary>
    public string Id => _network.Id;

    /// <summary>Reads the network.</summary>
    /// <param name="path">The file; null: the one that <see cref="Variable"/> names, else <see cref="FileName"/> beside the program.</param>
    /// <exception cref="EdgeSimException">The file is missing, or holds another network.</exception>
    public static ResNet18Features Load(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named
            : Path.Combine(AppContext.BaseDirectory, FileName);
        if (!File.Exists(path))
        {
            throw new EdgeSimException($"The ImageNet network '{path}' is missing.",
                $"Take {FileName} from the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 "
                + $"(tools/DnnImageModels/ResNet18Onnx), and name it in the environment variable {Variable}.", ExitCode.Missing);
        }
        OnnxNetwork network = OnnxNetwork.Load(path);
        try
        {
            network.Require(Taps, "the ResNet18 of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1");
            return new ResNet18Features(network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
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
