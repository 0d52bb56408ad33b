using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>How every variant of a plan is evaluated: `edgesim evaluate`'s options of the same names.</summary>
public sealed record PlanEvaluation
{
    /// <summary>The judge's ONNX file.</summary>
    public required string Judge { get; init; }

    /// <summary>The label space of its classes, where its file does not say so.</summary>
    public string? JudgeSpace { get; init; }

    /// <summary>The factor by which images are enlarged before it reads them.</summary>
    public double JudgeScale { get; init; } = 1;

    /// <summary>Whether a judge that took part in a training is let in.</summary>
    public bool AllowTeacher { get; init; }

    /// <summary>The label space of the figures; null: the judge's choice.</summary>
    public string? LabelSpace { get; init; }

    /// <summary>Folder of labelled simulator frames.</summary>
    public required string Structures { get; init; }

    /// <summary>Their label space, where no manifest names it.</summary>
    public string? StructureLabels { get; init; }

    /// <summary>The most structures, spread evenly; 0: all.</summary>
    public int Limit { get; init; }

    /// <summary>Photographs whose textures are taken.</summary>
    public required IReadOnlyList<string> Textures { get; init; }

    /// <summary>Folder of labelled real images.</summary>
    public required string Real { get; init; }

    /// <summary>Their label space, where no manifest names it.</summary>
    public string? RealLabels { get; init; }

    /// <summary>Folder of other real images; null: none.</summary>
    public string? OtherReal { get; init; }

    /// <summary>Folder of labelled photographs whose colours of each class a rival takes; null: those of <see cref="Real"/>.</summary>
    public string? ClassColours { get; init; }

    /// <summary>The ImageNet network's file; null: where the environment says or beside the program, else no distances on it.</summary>
    public string? ResNet18 { get; init; }

    /// <summary>FID's network; null: no FID.</summary>
    public string? Inception { get; init; }

    /// <summary>How images are brought to it.</summary>
    public FidPreprocessing FidPreprocessing { get; init; } = FidPreprocessing.PytorchFid;

    /// <summary>Whether the fixed noise maps are added.</summary>
    public bool Noise { get; init; } = true;

    /// <summary>The network's picture size, "512x256"; null: the model's own.</summary>
    public string? Size { get; init; }

    /// <summary>Bootstrap draws.</summary>
    public int Replicates { get; init; } = 1000;

    /// <summary>Seed of bootstraps and subsets.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The options for one model.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="threads">Threads of the networks; 0: one a core.</param>
    /// <param name="cacheFolder">Where baked graphs are kept; null: no cache.</param>
    /// <param name="command">The command, for the report.</param>
    public EvaluationOptions For(ModelBundle bundle, int threads, string? cacheFolder, string command) => new()
    {
        Bundle = bundle,
        Judge = Judge,
        JudgeSpace = Space(JudgeSpace),
        JudgeScale = JudgeScale,
        AllowTeacher = AllowTeacher,
        ClassColours = ClassColours,
        ResNet18 = ResNet18File.Find(ResNet18),
        Space = Space(LabelSpace),
        Structures = Structures,
        StructureLabels = Space(StructureLabels),
        Limit = Limit,
        Textures = Textures,
        Real = Real,
        RealLabels = Space(RealLabels),
        OtherReal = OtherReal,
        Inception = Inception,
        FidPreprocessing = FidPreprocessing,
        Noise = Noise,
        Size = Pixels(),
        Replicates = Replicates,
        Seed = Seed,
        Threads = threads,
        CacheFolder = cacheFolder,
        Command = command,
    };

    /// <summary>Opens the structures that are evaluated.</summary>
    public ImageFolderSource OpenStructures() => new(Structures, Space(StructureLabels), Limit);

    /// <summary>Opens the judge.</summary>
    /// <param name="threads">Threads of its network; 0: one a core.</param>
    public Judge OpenJudge(int threads) =>
        Evaluation.Judging.Judge.Load(Judge, Space(LabelSpace), threads, Space(JudgeSpace), JudgeScale);

    /// <summary>Checks the values alone; no file is read.</summary>
    /// <exception cref="EdgeSimException">One can't be.</exception>
    public void Validate()
    {
        foreach (string? space in new[] { LabelSpace, StructureLabels, RealLabels, JudgeSpace })
            _ = Space(space);
        _ = Pixels();
        Require(Textures.Count > 0 && Textures.All(texture => texture is not null), "The plan's evaluation has no texture.",
            "Give at least one photograph.");
        Require(JudgeScale is >= 0.25 and <= 4, $"The plan's evaluation enlarges images by {JudgeScale} for the judge.", "Give 0.25 to 4.");
        Require(Limit >= 0, $"The plan's evaluation takes {Limit} structures at most.", "Give 0 for all, or more.");
        Require(Replicates is >= 0 and <= 1_000_000, $"The plan's evaluation draws {Replicates} times.", "Give 0 to 1000000.");
    }

    /// <summary>Opens what every evaluation needs, so that nothing is trained for an evaluation that can't be made.</summary>
    /// <returns>The judge's id; null where its file tells none.</returns>
    /// <exception cref="EdgeSimException">A file is missing or wrong, or labels don't fit the judge's.</exception>
    public string? CheckFiles()
    {
        using Judge judge = OpenJudge(1);
        foreach ((string path, string? space) in new[] { (Structures, StructureLabels), (Real, RealLabels) })
        {
            using ImageFolderSource source = new(path, Space(space));
            source.RequireLabels("to compare with");
            judge.Truth(source.Take(CancellationToken.None)!);
        }
        if (OtherReal is not null)
            new ImageFolderSource(OtherReal, Space(RealLabels)).Dispose();
        foreach (string texture in Textures)
            _ = ImageFile.Read(texture);
        Require(Inception is null || File.Exists(Inception), $"There is no file '{Inception}'.", "Give FID's network as ONNX, or none.");
        return judge.Description.Id;
    }

    private static LabelSpace? Space(string? name) => name is null ? null : LabelSpaces.ByName(name);

    private (int Width, int Height)? Pixels()
    {
        if (Size is null)
            return null;
        Require(CommonOptions.TryReadSize(Size, out (int, int) size), $"The plan's evaluation has the size '{Size}'.",
            "Write it as WIDTHxHEIGHT, e.g. 512x256.");
        return size;
    }

    private static void Require(bool condition, string what, string mend)
    {
        if (!condition)
            throw new EdgeSimException(what, mend);
    }
}
