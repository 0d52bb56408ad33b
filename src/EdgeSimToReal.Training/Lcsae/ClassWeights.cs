using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The semantic losses' class weights (LC-SAE report, chapter 5).</summary>
public static class ClassWeights
{
    /// <summary>Inverse-frequency weights don't exceed this: a class of a handful of pixels must not rule the loss.</summary>
    private const double Greatest = 10;

    private static readonly string[] Important = ["person", "vehicle", "traffic light", "traffic sign", "pole"];

    /// <summary>The weights by class.</summary>
    /// <param name="options">Where they come from.</param>
    /// <param name="space">The losses' label space.</param>
    /// <param name="sets">The training images, whose labels are counted for <see cref="ClassWeighting.InverseFrequency"/>.</param>
    /// <returns>One weight a class; null: all 1.</returns>
    /// <exception cref="EdgeSimException">A class has another name, a weight is negative, or there are no labels to count.</exception>
    public static IReadOnlyList<double>? For(SemanticOptions options, LabelSpace space, IReadOnlyList<ImageSet> sets)
    {
        foreach (string name in options.ClassWeights.Keys.Concat(options.Ignore))
        {
            if (!space.Classes.Any(c => c.Name == name))
            {
                throw new EdgeSimException($"The label space {space} has no class '{name}'.",
                    $"Its classes: {string.Join(", ", space.Classes.Select(c => c.Name))}.");
            }
        }
        switch (options.ClassWeighting)
        {
            case ClassWeighting.Given:
                foreach ((string name, double weight) in options.ClassWeights)
                    ObjectiveWeights.Check(weight is >= 0 and < 1e6, $"semantics.classWeights.{name}", weight, "from 0 on");
                return [.. space.Classes.Select(c => options.ClassWeights.GetValueOrDefault(c.Name, 1))];
            case ClassWeighting.Importance:
                ObjectiveWeights.Check(options.ImportantWeight is >= 0 and < 1e6, "semantics.importantWeight", options.ImportantWeight, "from 0 on");
                return [.. space.Classes.Select(c => Important.Contains(c.Name) ? options.ImportantWeight : 1)];
            case ClassWeighting.InverseFrequency:
                return InverseFrequency([.. sets.Select(set => set.CountLabels(space)).Aggregate(new long[space.Count],
                    (sum, counts) => [.. sum.Zip(counts, (a, b) => a + b)])]);
            default:
                return null;
        }
    }

    /// <summary>1 / √share of each class, scaled to a mean of 1 over the classes that occur, at most 10; classes that don't occur have 1.</summary>
    /// <param name="counts">Labelled pixels by class.</param>
    /// <exception cref="EdgeSimException">All counts are 0.</exception>
    public static IReadOnlyList<double> InverseFrequency(IReadOnlyList<long> counts)
    {
        double total = counts.Sum();
        if (total == 0)
            throw new EdgeSimException("Inverse-frequency class weights need labelled training images, and there are none.", "Add labels.");
        double[] raw = [.. counts.Select(count => count == 0 ? 0 : Math.Sqrt(total / count))];
        double mean = raw.Where(weight => weight > 0).Average();
        return [.. raw.Select(weight => weight == 0 ? 1 : Math.Min(Greatest, weight / mean))];
    }
}
