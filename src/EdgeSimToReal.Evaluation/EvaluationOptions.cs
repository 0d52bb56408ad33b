using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Evaluation;

/// <summary>What is evaluated, and with what.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The model.</summary>
    public required ModelBundle Bundle { get; init; }

    /// <summary>The judge's ONNX file.</summary>
    public required string Judge { get; init; }

    /// <summary>What the judge's classes are, where its file does not say so; null: its file says it.</summary>
    public LabelSpace? JudgeSpace { get; init; }

    /// <summary>The factor by which images are enlarged before the judge reads them.</summary>
    public double JudgeScale { get; init; } = 1;

    /// <summary>Whether a judge that took part in the model's training is let in; the report then says so loudly.</summary>
    public bool AllowTeacher { get; init; }

    /// <summary>The label space of the figures; null: the judge's choice (see <see cref="Judging.Judge.Load"/>).</summary>
    public LabelSpace? Space { get; init; }

    /// <summary>Folder of labelled simulator frames.</summary>
    public required string Structures { get; init; }

    /// <summary>The label space of <see cref="Structures"/>; null where a manifest names it.</summary>
    public LabelSpace? StructureLabels { get; init; }

    /// <summary>The most structures, spread evenly over the folder; 0: all.</summary>
    public int Limit { get; init; }

    /// <summary>Photographs whose textures are taken, at least one.</summary>
    public required IReadOnlyList<string> Textures { get; init; }

    /// <summary>Folder of labelled real validation images: the ceiling, and the reference of distances.</summary>
    public required string Real { get; init; }

    /// <summary>The label space of <see cref="Real"/> (and of <see cref="OtherReal"/>); null where a manifest names it.</summary>
    public LabelSpace? RealLabels { get; init; }

    /// <summary>Folder of other real images, whose distance to <see cref="Real"/> is the least to hope for; null: halves of it.</summary>
    public string? OtherReal { get; init; }

    /// <summary>
    /// Folder of labelled photographs, in <see cref="RealLabels"/>, whose colours of each class a rival takes; null: <see cref="Real"/>.
    /// </summary>
    public string? ClassColours { get; init; }

    /// <summary>The ImageNet network's file (<see cref="Onnx.ResNet18File"/>); null: no distances on it.</summary>
    public string? ResNet18 { get; init; }

    /// <summary>FID's feature network, an ONNX file; null: no FID.</summary>
    public string? Inception { get; init; }

    /// <summary>How images are brought to <see cref="Inception"/>.</summary>
    public FidPreprocessing FidPreprocessing { get; init; }

    /// <summary>The video on which stability is measured; null: none.</summary>
    public StabilityVideo? Video { get; init; }

    /// <summary>The network's picture size; null: the model's own.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>Whether the fixed noise maps are added.</summary>
    public bool Noise { get; init; } = true;

    /// <summary>Bootstrap draws for the readings; distances take a tenth.</summary>
    public int Replicates { get; init; } = 1000;

    /// <summary>Seed of bootstraps and subsets.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads of the networks; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Where baked graphs are kept; null: no cache.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The command that asked for this, for the report.</summary>
    public string Command { get; init; } = "";
}
