using System.Globalization;

namespace EdgeSimToReal.Training.Running;

/// <summary>Watches a training's scalars and says when going on makes no sense.</summary>
/// <remarks>It is asked after every step and before anything is saved.</remarks>
public sealed class RunGuard
{
    /// <summary>
    /// The discriminators that are watched where a training reports all these scalars: the parts of a discriminator's loss on real and on
    /// made pictures, whose sum counts, and the generator's loss against it.
    /// </summary>
    public static IReadOnlyList<(string Real, string Made, string Generator)> Discriminators { get; } =
        [("d/real", "d/hybrid", "g/hybrid"), ("d/patch_real", "d/patch_hybrid", "g/patch"), ("d/feature_real", "d/feature_hybrid", "g/feature")];

    private readonly GuardOptions _options;
    private readonly int[] _collapsed = new int[Discriminators.Count];

    /// <summary>Creates a guard that has seen nothing.</summary>
    /// <param name="options">When a discriminator counts as collapsed.</param>
    public RunGuard(GuardOptions options) => _options = options;

    /// <summary>Looks at one step's scalars.</summary>
    /// <param name="step">The step's number.</param>
    /// <param name="scalars">What the step returned.</param>
    /// <returns>Why the run must end, as one sentence; null where all is well.</returns>
    public string? Check(long step, IReadOnlyDictionary<string, double> scalars)
    {
        string[] wrong = [.. scalars.Where(scalar => !double.IsFinite(scalar.Value)).Select(scalar => Text(scalar.Key, scalar.Value))];
        if (wrong.Length > 0)
            return $"The training has diverged at step {step}: {string.Join(", ", wrong)}.";
        for (int i = 0; i < Discriminators.Count; i++)
        {
            (string real, string made, string generator) = Discriminators[i];
            // Steps that report no such loss tell nothing: they neither count nor end a count.
            if (!scalars.TryGetValue(real, out double r) || !scalars.TryGetValue(made, out double m)
                || !scalars.TryGetValue(generator, out double g))
            {
                continue;
            }
            _collapsed[i] = r + m < _options.DiscriminatorLoss && g > _options.GeneratorLoss ? _collapsed[i] + 1 : 0;
            if (_options.CollapseSteps > 0 && _collapsed[i] >= _options.CollapseSteps)
            {
                return $"A discriminator has collapsed: for {_collapsed[i]} steps up to step {step} its loss was below "
                    + $"{Number(_options.DiscriminatorLoss)} and the generator's above {Number(_options.GeneratorLoss)}, now "
                    + $"{Text(real, r)}, {Text(made, m)}, {Text(generator, g)}.";
            }
        }
        return null;
    }

    private static string Text(string name, double value) => $"{name} = {Number(value)}";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
