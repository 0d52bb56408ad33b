using EdgeSimToReal.Core.Labels;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>Classes that a training does not look at: their pixels count as unlabelled.</summary>
internal sealed class IgnoredClasses
{
    private readonly long[] _ids;

    /// <param name="names">Names of the classes.</param>
    /// <param name="space">The label space of the losses.</param>
    public IgnoredClasses(IReadOnlyList<string> names, LabelSpace space) =>
        _ids = [.. space.Classes.Where(c => names.Contains(c.Name)).Select(c => (long)c.Id)];

    /// <summary>Labels of any shape with 255 in place of these classes; the very tensor where there are none.</summary>
    public Tensor Apply(Tensor labels)
    {
        foreach (long id in _ids)
            labels = labels.masked_fill(labels.eq(id), LabelSpace.Ignore);
        return labels;
    }
}
