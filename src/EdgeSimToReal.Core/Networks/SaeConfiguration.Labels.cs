using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Networks;

/// <content>The label-conditioned form (LC-SAE report, chapter 5: the generator is also told what is where).</content>
public sealed partial record SaeConfiguration
{
    /// <summary>Metadata key of <see cref="LabelClasses"/>; absent where the generator takes no labels.</summary>
    public const string LabelClassesKey = "label_classes";

    /// <summary>
    /// Classes of the label map that the generator takes beside the structure code, 0 … 255; 0: it takes none. The map
    /// [N, K, h, w] (<see cref="LabelMap"/>) is appended to the modulated structure code, whose own length it leaves as it is.
    /// </summary>
    public int LabelClasses { get; init; }

    /// <summary>The label space of the generator's label map.</summary>
    /// <param name="name">The label space that the model's description names.</param>
    /// <param name="model">The model, for messages.</param>
    /// <returns>The space, with <see cref="LabelClasses"/> classes; null where the generator takes no labels.</returns>
    /// <exception cref="EdgeSimException">A generator that takes labels comes without a label space of so many classes.</exception>
    public LabelSpace? ConditioningSpace(string? name, string model)
    {
        if (LabelClasses == 0)
            return null;
        LabelSpace? space = LabelSpaces.All.FirstOrDefault(known => known.Name == name);
        return space?.Count == LabelClasses ? space : throw new EdgeSimException(
            $"The generator of '{model}' takes a label map of {LabelClasses} classes, and its label space is {Description()}.",
            $"Name the space that it was trained with: {string.Join(", ", LabelSpaces.All.Select(known => $"{known} ({known.Count})"))}.");

        string Description() => space is not null ? $"'{space}' with {space.Count}"
            : name is null ? "not named"
            : $"'{name}', which is not known";
    }
}
