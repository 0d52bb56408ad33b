using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Preparation;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim prepare`: published data set → one size and label space → labelled folders.</summary>
public static class PrepareCommand
{
    private const int MostTold = 20;

    public static Command Create()
    {
        PreparationOptions standard = new();
        Argument<string> source = new("source") { Description = "Folder of the data set; with --check, a labelled folder." };
        Option<string?> output = new("--output", "-o") { Description = "Folder to create, or to go on in." };
        Option<bool> check = new("--check")
        {
            Description = "Prepare nothing: check that every frame of the labelled folders in SOURCE is whole.",
        };
        Option<DataSetLayout> layout = CommonOptions.Choice("--layout", DataSetLayout.Auto, "How the data set's folders are laid out.");
        Option<LabelSpace?> sourceLabels = CommonOptions.Labels("--source-labels",
            "What its label ids mean, where its layout does not say");
        Option<string?> images = new("--images") { Description = "Its folder of images below SOURCE, for a layout of your own." };
        Option<string?> labels = new("--labels") { Description = "Its folder of labels, likewise; files belong together by name." };
        Option<bool> colours = new("--colours") { Description = "Its labels are pictures in the colours of their label space." };
        Option<(int Width, int Height)?> size = CommonOptions.Size("--size", "Prepared size [512x256].");
        Option<FitMode> fit = CommonOptions.Choice("--fit", standard.Fit,
            "Pictures of another aspect: crop (the largest centred part) or letterbox (bars, ignored by labels).");
        Option<LabelSpace?> space = CommonOptions.Labels("--to", "Label space to prepare [common16]");
        Option<double?> share = new Option<double?>("--val-share")
        {
            Description = "Share of pairs for validation, by the seed [the data set's own split; 0.1 where it has none].",
        }.Between(0.0, 0.99);
        Option<int> block = new Option<int>("--block")
        {
            Description = "So many neighbours go to one split: frames of a video resemble each other.",
            DefaultValueFactory = _ => standard.Block,
        }.AtLeast(1);
        Option<int> seed = new("--seed") { Description = "Seed of that split.", DefaultValueFactory = _ => standard.Seed };
        Option<bool> jpeg = new("--jpeg") { Description = "Write images as JPEG instead of PNG." };
        Option<int> sheet = new Option<int>("--sheet")
        {
            Description = "Pictures of the contact sheet; 0: no sheet.",
            DefaultValueFactory = _ => standard.SheetPictures,
        }.Between(0, 1000);
        Option<int> workers = new Option<int>("--workers") { Description = "Threads; 0: one a core.", DefaultValueFactory = _ => 0 }
            .Between(0, 64);
        Option<bool> strict = new("--strict") { Description = "Fail when a pair is faulty, instead of leaving it out." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("prepare",
            "Bring Cityscapes, KITTI, BDD100K, IDD, CamVid, CARLA recordings or plain folders to one size and label space.")
        {
            source, output, check, layout, sourceLabels, images, labels, colours, size, fit, space, share, block, seed, jpeg, sheet,
            workers, strict, json,
        };
        command.SetAction(parsed =>
        {
            string root = parsed.GetValue(source)!;
            if (parsed.GetValue(check))
                return (int)Check(root, parsed.GetValue(json));
            string folder = parsed.GetValue(output) ?? throw new EdgeSimException("Where to write is not said.", "Add --output FOLDER.",
                ExitCode.Usage);
            SourceSet set = SourceSet.Open(root, parsed.GetValue(layout), parsed.GetValue(sourceLabels), parsed.GetValue(images),
                parsed.GetValue(labels), parsed.GetValue(colours));
            if (parsed.GetValue(strict))
                Refuse(set.Problems);
            (int width, int height) = parsed.GetValue(size) ?? (standard.Width, standard.Height);
            DataSetPreparation preparation = new(set, new PreparationOptions
            {
                Width = width,
                Height = height,
                Fit = parsed.GetValue(fit),
                Space = parsed.GetValue(space) ?? standard.Space,
                ValidationShare = parsed.GetValue(share),
                Block = parsed.GetValue(block),
                Seed = parsed.GetValue(seed),
                Extension = parsed.GetValue(jpeg) ? ".jpg" : ".png",
                SheetPictures = parsed.GetValue(sheet),
                Workers = parsed.GetValue(workers),
            }, folder);
            Terminal.Note($"{set.Layout}, {preparation.Total} {(set.Space is null ? "images" : $"pairs in '{set.Space}'")} -> {folder}");
            using Interruption interruption = new();
            PreparationReport report;
            using (new ProgressLine(() => preparation.Done, () => preparation.Total))
                report = preparation.Run(interruption.Token);
            if (parsed.GetValue(json))
                Terminal.Json(report.ToJson());
            else
                Show(report);
            if (!report.IsComplete)
                return (int)ExitCode.Interrupted;
            if (parsed.GetValue(strict))
                Refuse(report.Problems);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static ExitCode Check(string folder, bool json)
    {
        using Interruption interruption = new();
        CheckReport report = DataSetCheck.Run(folder, interruption.Token);
        if (json)
            Terminal.Json(JsonSerializer.Serialize(report, JsonOptions) + "\n");
        if (report.Unlisted.Count > 0)
        {
            Terminal.Warning($"{report.Unlisted.Count} files are in no manifest (of a run that was killed), e.g. '{report.Unlisted[0]}'; "
                + "nothing reads them.");
        }
        Tell(report.Problems);
        Terminal.Note($"{report.Frames} frames in {report.Folders} folders, {report.Problems.Count} faulty.");
        return interruption.Requested ? ExitCode.Interrupted : report.Problems.Count > 0 ? ExitCode.BadInput : ExitCode.Ok;
    }

    private static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static void Refuse(IReadOnlyList<PairProblem> problems)
    {
        if (problems.Count == 0)
            return;
        Tell(problems);
        throw new EdgeSimException($"{problems.Count} pairs are faulty, the first: {problems[0]}.",
            "Mend or remove them, or leave --strict out.");
    }

    private static void Tell(IReadOnlyList<PairProblem> problems)
    {
        foreach (PairProblem problem in problems.Take(MostTold))
            Terminal.Warning($"{problem}.");
        if (problems.Count > MostTold)
            Terminal.Warning($"… and {problems.Count - MostTold} more.");
    }

    private static void Show(PreparationReport report)
    {
        Tell(report.Problems);
        if (report.Labels is not null)
        {
            string[] splits = [.. report.Splits.Keys];
            Table table = new Table().AddColumn("class");
            foreach (string split in splits)
            {
                table.AddColumn(new TableColumn($"{split}: % of pixels").RightAligned());
                table.AddColumn(new TableColumn("images").RightAligned());
            }
            ClassCount[][] counts = [.. report.Splits.Values.Select(split => split.Classes.ToArray())];
            for (int c = 0; c < counts[0].Length; c++)
            {
                table.AddRow([counts[0][c].Name, .. counts.SelectMany(split => new[]
                {
                    (100 * split[c].Share).ToString("F2", CultureInfo.InvariantCulture),
                    split[c].Images.ToString(CultureInfo.InvariantCulture),
                })]);
            }
            Terminal.People.Write(table);
        }
        Terminal.Note($"{string.Join(", ", report.Splits.Select(split => $"{split.Key} {split.Value.Images}"))} images, "
            + $"{report.Written} written now, {report.Problems.Count} pairs left out.");
    }
}
