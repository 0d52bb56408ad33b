using System.Globalization;

namespace EdgeSimToReal.Core.Networks;

/// <summary>How a segmenter expects its input: (v - mean) / deviation per channel, where v is RGB in [0, 1].</summary>
/// <param name="Red">The red channel's mean and deviation.</param>
/// <param name="Green">The green channel's mean and deviation.</param>
/// <param name="Blue">The blue channel's mean and deviation.</param>
public sealed record ColourNormalisation(
    (double Mean, double Deviation) Red, (double Mean, double Deviation) Green, (double Mean, double Deviation) Blue)
{
    private const string MeanKey = "input_mean";
    private const string DeviationKey = "input_deviation";

    /// <summary>ImageNet's mean and deviation, which pretrained backbones expect.</summary>
    public static ColourNormalisation ImageNet { get; } = new((0.485, 0.229), (0.456, 0.224), (0.406, 0.225));

    /// <summary>[-1, 1], as the autoencoder's images are.</summary>
    public static ColourNormalisation SignedUnit { get; } = new((0.5, 0.5), (0.5, 0.5), (0.5, 0.5));

    /// <summary>Factor per channel (red, green, blue) that makes the network's input of RGB in [-1, 1].</summary>
    public float[] Gain => [.. Channels.Select(channel => (float)(0.5 / channel.Deviation))];

    /// <summary>Summand per channel (red, green, blue) that makes the network's input of RGB in [-1, 1].</summary>
    public float[] Offset => [.. Channels.Select(channel => (float)((0.5 - channel.Mean) / channel.Deviation))];

    private (double Mean, double Deviation)[] Channels => [Red, Green, Blue];

    /// <summary>Reads means and deviations of a weights file's metadata.</summary>
    /// <param name="metadata">Keys input_mean and input_deviation, three numbers each.</param>
    /// <param name="absent">What holds where both keys are absent.</param>
    /// <exception cref="EdgeSimException">One key is absent, or a value is not three numbers in range.</exception>
    public static ColourNormalisation FromMetadata(IReadOnlyDictionary<string, string> metadata, ColourNormalisation absent)
    {
        if (!metadata.ContainsKey(MeanKey) && !metadata.ContainsKey(DeviationKey))
            return absent;
        double[] means = Values(MeanKey), deviations = Values(DeviationKey);
        ColourNormalisation normalisation = new((means[0], deviations[0]), (means[1], deviations[1]), (means[2], deviations[2]));
        normalisation.Validate();
        return normalisation;

        double[] Values(string key)
        {
            string text = metadata.GetValueOrDefault(key, "");
            string[] parts = text.Split(',');
            double[] values = new double[3];
            bool valid = parts.Length == values.Length;
            for (int i = 0; valid && i < values.Length; i++)
                valid = double.TryParse(parts[i], CultureInfo.InvariantCulture, out values[i]);
            return valid ? values : throw new EdgeSimException($"The segmenter's '{key}' is '{text}'.",
                "Give three numbers for red, green and blue, e.g. 0.485,0.456,0.406.");
        }
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="EdgeSimException">A mean lies outside [0, 1], or a deviation outside [0.001, 10].</exception>
    public void Validate()
    {
        foreach ((double mean, double deviation) in Channels)
        {
            if (mean is not (>= 0 and <= 1) || deviation is not (>= 1e-3 and <= 10))
            {
                throw new EdgeSimException(FormattableString.Invariant(
                    $"The segmenter's input has a channel of mean {mean} and deviation {deviation}."),
                    "Use means from 0 to 1 and deviations from 0.001 to 10.");
            }
        }
    }

    /// <summary>Adds the means and deviations to metadata; <see cref="FromMetadata"/> reads them back.</summary>
    /// <param name="metadata">What they are added to.</param>
    public void AddTo(IDictionary<string, string> metadata)
    {
        metadata[MeanKey] = Text(channel => channel.Mean);
        metadata[DeviationKey] = Text(channel => channel.Deviation);

        string Text(Func<(double Mean, double Deviation), double> value) =>
            string.Join(",", Channels.Select(channel => value(channel).ToString("R", CultureInfo.InvariantCulture)));
    }
}
