using EdgeSimToReal.Core;

namespace EdgeSimToReal.Onnx;

/// <summary>
/// The ImageNet network of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 (MIT), one ONNX file of 64 MB that others trained:
/// where it is, and how it is used.
/// </summary>
/// <remarks>
/// It is not torchvision's network: 22 convolutions, and strided layers pad top and left by one more than bottom and right. Cut at one of
/// its feature maps it takes images of any size.
/// </remarks>
public static class ResNet18File
{
    /// <summary>Name of the file beside the program.</summary>
    public const string Name = "ResNet18.onnx";

    /// <summary>The environment variable that names the file where it is not beside the program.</summary>
    public const string Variable = "EDGESIM_RESNET18";

    /// <summary>Name of its input: planes B, G, R of 0..255, less <see cref="Mean"/>.</summary>
    public const string Input = "Input247";

    private const string Origin = "the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 (tools/DnnImageModels/ResNet18Onnx)";

    /// <summary>What is taken from blue, green and red.</summary>
    public static IReadOnlyList<float> Mean { get; } = [103, 116, 123];

    /// <summary>Names of its feature maps after rectification, from fine to coarse: 1/2, 1/4, 1/8, 1/16, 1/32 of the image.</summary>
    public static IReadOnlyList<string> Taps { get; } =
        ["ReLU253_Output_0", "ReLU283_Output_0", "ReLU315_Output_0", "ReLU347_Output_0", "ReLU393_Output_0"];

    /// <summary>Channels of the feature maps.</summary>
    public static IReadOnlyList<int> Channels { get; } = [64, 64, 128, 256, 512];

    /// <summary>Where the file is: at a path, where <see cref="Variable"/> says, or beside the program.</summary>
    /// <param name="path">The path; null: none is given.</param>
    /// <returns>The path of a file that exists; null where none was given or named and none is beside the program.</returns>
    /// <exception cref="EdgeSimException">A path was given or named, and there is no file.</exception>
    public static string? Find(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
        if (path is null)
        {
            string beside = Path.Combine(AppContext.BaseDirectory, Name);
            return File.Exists(beside) ? beside : null;
        }
        return File.Exists(path) ? path : throw Missing(path);
    }

    /// <summary>The error that the file is missing.</summary>
    /// <param name="path">Where it was looked for.</param>
    public static EdgeSimException Missing(string path) => new($"The ImageNet network '{path}' is missing.",
        $"Take {Name} from {Origin}, and name it in the environment variable {Variable}.", ExitCode.Missing);

    /// <summary>The error that a file holds another network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">What it lacks.</param>
    public static EdgeSimException Another(string path, string value) =>
        new($"The network '{path}' has no value '{value}': it is not the ImageNet network.", $"Take {Name} from {Origin}.");
}
