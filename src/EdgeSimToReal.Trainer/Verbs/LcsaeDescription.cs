using System.Globalization;
using System.Text;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;

namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>What a training knows of the model that it made, where a person says nothing.</summary>
internal static class LcsaeDescription
{
    public static BundleDescription Of(LcsaeConfiguration configuration, LcsaeTraining training)
    {
        BundleTrainingData[] data =
            [.. Sets(configuration.Simulated, "structure"), .. Sets(configuration.Real, "texture")];
        string mode = configuration.Mode.ToString().ToLowerInvariant();
        return new BundleDescription
        {
            Name = $"{mode}-{configuration.Network.Name}",
            Description = string.Create(CultureInfo.InvariantCulture,
                $"Swapping autoencoder of preset {configuration.Network.Name}, trained for {training.Step} steps in mode {mode}."),
            Licence = $"That of the data: {string.Join("; ", data.Select(set => $"{set.Name}: {set.Licence}"))}",
            LabelSpace = configuration.LabelSpace,
            TrainingData = data,
            Metrics = training.Validate()?.Scalars.Where(figure => double.IsFinite(figure.Value))
                .ToDictionary(figure => $"held-out {figure.Key}", figure => figure.Value) ?? [],
        };
    }

    public static string Card(BundleDescription description, string configuration)
    {
        StringBuilder card = new();
        card.Append(CultureInfo.InvariantCulture, $"# {description.Name}\n\n{description.Description}\n\n")
            .Append(CultureInfo.InvariantCulture, $"Licence: {description.Licence}\n\n")
            .Append("| data | images | role | licence |\n|---|---|---|---|\n");
        foreach (BundleTrainingData set in description.TrainingData)
            card.Append(CultureInfo.InvariantCulture, $"| {set.Name} | {set.Images} | {set.Role} | {set.Licence} |\n");
        if (description.Metrics.Count > 0)
        {
            card.Append("\n| figure | value |\n|---|---|\n");
            foreach ((string name, double value) in description.Metrics)
                card.Append(CultureInfo.InvariantCulture, $"| {name} | {value:G4} |\n");
        }
        card.Append("\nMade by `edgesim-train lcsae` with this configuration:\n\n```json\n").Append(configuration).Append("\n```\n");
        return card.ToString();
    }

    private static IEnumerable<BundleTrainingData> Sets(IEnumerable<ImageSetOptions> options, string role) =>
        options.Select(ImageSet.Open).Select(set => new BundleTrainingData(set.Name, set.Items.Count, role, set.Licence));
}
