using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Configuration;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>A frozen segmenter that reads images in training, as configuration files write it; a bare text is its path.</summary>
[WrittenAs("path")]
public sealed record TeacherOptions
{
    /// <summary>
    /// A segmenter's weights (safetensors with their configuration in the metadata), or an ONNX file with one input, [N, 3, H, W], and
    /// logits [N, classes, h, w] as its first output. This project's ONNX files take RGB in [-1, 1], others RGB in [0, 1].
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// The label space of an ONNX network's classes, e.g. "cityscapes-train"; null: what its metadata says. Probabilities of classes that
    /// are one in the training's space are added, those of classes that it lacks are left out of the sum.
    /// </summary>
    public string? Space { get; init; }

    /// <summary>The factor by which images are enlarged before the network reads them, 0.25 … 4.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>What logits are divided by, 0.05 … 20; above 1 an over-confident network says less.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>The network's share among several, relative to their weights; above 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether it is an ONNX file.</summary>
    public bool IsOnnx => Path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>A segmenter with the usual settings.</summary>
    /// <param name="path">See <see cref="Path"/>.</param>
    public static implicit operator TeacherOptions(string path) => new() { Path = path };

    /// <summary>Checks the ranges.</summary>
    /// <param name="key">The key's path in the configuration, for messages.</param>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate(string key)
    {
        ObjectiveWeights.Check(Scale is >= 0.25 and <= 4, $"{key}.scale", Scale, "from 0.25 to 4");
        ObjectiveWeights.Check(Temperature is >= 0.05 and <= 20, $"{key}.temperature", Temperature, "from 0.05 to 20");
        ObjectiveWeights.Check(Weight is > 0 and < double.PositiveInfinity, $"{key}.weight", Weight, "above 0");
        if (Space is not null)
            _ = LabelSpaces.ByName(Space);
    }
}
