using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.Cli.Training;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim evaluate`: model bundle + labelled frames + judge → one report (JSON, Markdown, plots).</summary>
public static class EvaluateCommand
{
    private const string Town = "town";
    private const string None = "none";
    private const long StandardSteps = 1000; // some minutes each on two cores

    public static Command Create()
    {
        Option<string> model = CommonOptions.Model();
        Option<string> judge = new("--judge", "-j")
        {
            Description = "The judge: a segmenter.onnx that took no part in the model's training, or anybody's segmentation network as ONNX.",
            Required = true,
        };
        Option<LabelSpace?> judgeSpace = CommonOptions.Labels("--judge-space",
            "The label space of the judge's classes, where its file does not say so (cityscapes-train: the 19 trainIds)");
        Option<double> judgeScale = new Option<double>("--judge-scale")
        {
            Description = "Enlarge images by this factor before the judge reads them.",
            DefaultValueFactory = _ => 1,
        };
        judgeScale.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<double>() is >= 0.25 and <= 4))
                result.AddError("--judge-scale takes a number from 0.25 to 4");
        });
        Option<bool> allowTeacher = new("--allow-teacher")
        {
            Description = "Take a judge that took part in the model's training; the report says so.",
        };
        Option<string> structures = new("--structures", "-s") { Description = "Folder of labelled simulator frames.", Required = true };
        Option<LabelSpace?> structureLabels = CommonOptions.Labels("--structure-labels", "Their label space, where no manifest names it");
        Option<int> limit = new Option<int>("--limit", "-n")
        {
            Description = "The most structures, spread evenly over the folder; 0: all.",
            DefaultValueFactory = _ => 0,
        }.AtLeast(0);
        Option<string[]> textures = new("--textures", "-t")
        {
            Description = "Photographs whose textures are taken; every structure is translated with each.",
            AllowMultipleArgumentsPerToken = true,
            Required = true,
        };
        Option<string> real = new("--real", "-r")
        {
            Description = "Folder of labelled real validation images: the ceiling, and what distances are measured to.",
            Required = true,
        };
        Option<LabelSpace?> realLabels = CommonOptions.Labels("--real-labels", "Their label space, where no manifest names it");
        Option<string?> otherReal = new("--other-real")
        {
            Description = "Folder of other real images, for the distance of real to real; by default halves of --real.",
        };
        Option<LabelSpace?> space = CommonOptions.Labels("--label-space", "The space of the figures, by default the judge's own (shared10 for CamVid)");
        Option<string?> classColours = new("--class-colours")
        {
            Description = "Folder of labelled photographs, in the label space of --real, whose colours of each class a rival takes [--real].",
        };
        Option<string?> resNet18 = new("--resnet18")
        {
            Description = "ResNet18.onnx of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, for distances on its features "
                + $"[{ResNet18File.Variable}, or beside the program].",
        };
        Option<string?> inception = new("--inception")
        {
            Description = "FID's Inception network as ONNX, image [N,3,299,299] to features [N,2048]; without it there is no FID.",
        };
        Option<FidPreprocessing> preprocessing = CommonOptions.Choice("--fid-preprocessing", FidPreprocessing.PytorchFid,
            "How images are brought to it; figures of different kinds can't be compared", JsonNamingPolicy.KebabCaseLower);
        Option<string> video = new("--video")
        {
            Description = "What stability is measured on: town (the built-in simulator, exact motion), a video or folder of frames in order, "
                + "or none.",
            DefaultValueFactory = _ => Town,
        };
        Option<int> videoFrames = new Option<int>("--video-frames")
        {
            Description = "The most frames of it.",
            DefaultValueFactory = _ => 60,
        }.AtLeast(2);
        Option<int> replicates = new Option<int>("--replicates")
        {
            Description = "Bootstrap draws for the intervals; 0: no intervals.",
            DefaultValueFactory = _ => 1000,
        }.Between(0, 1_000_000);
        Option<int> seed = new("--seed") { Description = "Seed of bootstraps and subsets.", DefaultValueFactory = _ => 1 };
        Option<bool> downstream = new("--downstream")
        {
            Description = "Also train segmenters on raw and on translated simulator frames and have them read --real; takes long, and "
                + "goes on where it was interrupted.",
        };
        Option<string?> downstreamStructures = new("--downstream-structures")
        {
            Description = "Folder of labelled simulator frames to train on, in the label space of --structures [--structures].",
        };
        Option<int> downstreamLimit = new Option<int>("--downstream-limit") { Description = "The most of them, spread evenly; 0: all." }
            .AtLeast(0);
        Option<ulong[]> downstreamSeeds = new("--downstream-seeds")
        {
            Description = "Seeds; each trains two segmenters [1 2 3].",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> downstreamConfig = new("--downstream-config")
        {
            Description = "Configuration of these trainings on top of the segmenter preset small-data.",
        };
        Option<long?> downstreamSteps = new Option<long?>("--downstream-steps")
        {
            Description = $"Steps of each [those of --downstream-config, {StandardSteps} without one].",
        }.AtLeast(1L);
        Option<string> output = new("--output", "-o") { Description = "Folder of the report.", Required = true };
        Option<(int Width, int Height)?> size =
            CommonOptions.Size("--size", "The network's picture size, multiples of 16; by default the model's own.");
        Option<bool> noNoise = CommonOptions.NoNoise();
        Option<int> threads = CommonOptions.Threads();
        Option<bool> noCache = CommonOptions.NoCache();
        Option<bool> json = CommonOptions.Json();
        Command command = new("evaluate", "Measure a model: labels kept, distance to real images, stability, beside floor, ceiling and rival.")
        {
            model, judge, judgeSpace, judgeScale, allowTeacher, structures, structureLabels, limit, textures, real, realLabels, otherReal,
            space, classColours, resNet18, inception, preprocessing, video, videoFrames, replicates, seed, downstream, downstreamStructures, downstreamLimit, downstreamSeeds,
            downstreamConfig, downstreamSteps, output, size, noNoise, threads, noCache, json,
        };
        command.Validators.Add(result =>
        {
            Option[] details = [downstreamStructures, downstreamLimit, downstreamSeeds, downstreamConfig, downstreamSteps];
            Option? given = details.FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (!result.GetValue(downstream) && given is not null)
                result.AddError($"{given.Name} says how --downstream is done, which is missing");
            if (result.GetValue(downstreamSeeds) is { } seeds && seeds.Distinct().Count() < seeds.Length)
                result.AddError("--downstream-seeds names a seed twice");
        });
        command.SetAction(parsed =>
        {
            ModelBundle bundle = ModelBundle.Load(parsed.GetValue(model)!);
            string videoName = parsed.GetValue(video)!;
            using IFrameSource? source = videoName is Town or None ? null : OpenVideo(videoName, parsed.GetValue(structureLabels));
            EvaluationOptions options = new()
            {
                Bundle = bundle,
                Judge = parsed.GetValue(judge)!,
                JudgeSpace = parsed.GetValue(judgeSpace),
                JudgeScale = parsed.GetValue(judgeScale),
                AllowTeacher = parsed.GetValue(allowTeacher),
                ClassColours = parsed.GetValue(classColours),
                ResNet18 = ResNet18File.Find(parsed.GetValue(resNet18)),
                Space = parsed.GetValue(space),
                Structures = parsed.GetValue(structures)!,
                StructureLabels = parsed.GetValue(structureLabels),
                Limit = parsed.GetValue(limit),
                Textures = parsed.GetValue(textures)!,
                Real = parsed.GetValue(real)!,
                RealLabels = parsed.GetValue(realLabels),
                OtherReal = parsed.GetValue(otherReal),
                Inception = parsed.GetValue(inception),
                FidPreprocessing = parsed.GetValue(preprocessing),
                Video = Video(bundle, videoName, source, parsed.GetValue(size), parsed.GetValue(videoFrames)),
                Size = parsed.GetValue(size),
                Noise = !parsed.GetValue(noNoise),
                Replicates = parsed.GetValue(replicates),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                CacheFolder = parsed.GetValue(noCache) ? null : StyleBaker.DefaultCacheFolder,
                Command = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("edgesim")),
            };
            string folder = parsed.GetValue(output)!;
            DownstreamTest? test = parsed.GetValue(downstream) ? new DownstreamTest(new DownstreamOptions(options,
                parsed.GetValue(downstreamStructures) ?? options.Structures, options.StructureLabels, parsed.GetValue(downstreamLimit),
                parsed.GetValue(downstreamSeeds) is { Length: > 0 } seeds ? seeds : [1, 2, 3], parsed.GetValue(downstreamConfig),
                parsed.GetValue(downstreamSteps) ?? (parsed.GetValue(downstreamConfig) is null ? StandardSteps : null)),
                Path.Combine(folder, "downstream")) : null;
            using Interruption interruption = new();
            Evaluator evaluator = new(options);
            EvaluationReport? report = null;
            try
            {
                test?.Check(interruption.Token);
                using (new ProgressLine(() => evaluator.Done, () => evaluator.Total))
                    report = evaluator.Run(interruption.Token);
                if (test is not null)
                {
                    ReportFolder.Write(folder, report); // trainings take long; what is known is told before
                    report = report with { Downstream = test.Run(interruption.Token) };
                }
            }
            catch (OperationCanceledException)
            {
                Terminal.Note(report is null ? "Interrupted: no report was written."
                    : $"Interrupted: the report in {folder} lacks the downstream part. The same command goes on with its trainings.");
                return (int)ExitCode.Interrupted;
            }
            ReportFolder.Write(folder, report);
            foreach (string warning in report.Warnings)
                Terminal.Warning(warning);
            if (parsed.GetValue(json))
                Terminal.Json(EvaluationReportJson.Write(report));
            else
                Show(report);
            Terminal.Note($"Look at {Path.Combine(folder, ReportFolder.MarkdownName)}.");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static IFrameSource OpenVideo(string name, LabelSpace? labels) =>
        Directory.Exists(name) ? new ImageFolderSource(name, labels) : new VideoSource(name);

    private static StabilityVideo? Video(ModelBundle bundle, string name, IFrameSource? source, (int Width, int Height)? size, int frames)
    {
        if (name == None)
            return null;
        (int width, int height) = size ?? (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        if (source is null)
            return TownVideo.Create(width, height, frames);
        int count = (int)Math.Min(frames, source.FrameCount ?? frames);
        return new StabilityVideo(source.Description, ExactFlow: false, Take(source, frames), count)
        {
            Path = name,
            Files = source is ImageFolderSource folder ? folder.FilesOf(frames) : [name],
        };
    }

    private static IEnumerable<FlowFrame> Take(IFrameSource source, int frames)
    {
        (int, int)? first = null;
        for (int i = 0; i < frames && source.Take(CancellationToken.None) is { } frame; i++)
        {
            first ??= (frame.Width, frame.Height);
            if (first != (frame.Width, frame.Height))
            {
                throw new EdgeSimException(FormattableString.Invariant(
                    $"Frame {i + 1} of the video {source.Description} has {frame.Width}x{frame.Height} pixels, the first one another size."),
                    "Give frames of one size: motion is estimated between neighbours.");
            }
            yield return new FlowFrame(frame);
            source.Return(frame);
        }
    }

    private static void Show(EvaluationReport report)
    {
        // Beside untranslated frames only textures alone are as many.
        string[] kinds = [.. report.Distances.Select(distance => distance.Features).Distinct()];
        Table table = new Table().AddColumns("set", "images", "overall accuracy", "mIoU (95 %)")
            .AddColumns([.. kinds.Select(kind => $"Fréchet², {kind}")]);
        foreach (ReadingReport reading in report.Readings)
        {
            table.AddRow([
                reading.Set, reading.Images.ToString(CultureInfo.InvariantCulture), Text(reading.OverallAccuracy.Value),
                $"{Text(reading.MeanIoU.Value)} ({Text(reading.MeanIoU.Low)} to {Text(reading.MeanIoU.High)})",
                .. kinds.Select(kind => report.Distances.FirstOrDefault(distance => distance.Set == reading.Set && distance.Features == kind))
                    .Select(distance => Text(distance?.FrechetPerTexture ?? distance?.FrechetSquared.Value)),
            ]);
        }
        Terminal.People.Write(table);
        foreach (TextureMean mean in report.TextureMeans)
        {
            Terminal.Note($"{mean.Set}, mean over {mean.Textures} textures: mIoU {Text(mean.MeanIoU.Value)}, above untranslated by "
                + $"{Text(mean.MeanIoUGain.Value)} ({Text(mean.MeanIoUGain.Low)} to {Text(mean.MeanIoUGain.High)}).");
        }
        if (report.Guard is { Count: > 0 } guard)
        {
            int frames = guard.Sum(count => count.Frames), changed = guard.Sum(count => count.ChangedObjects);
            Terminal.Note($"Persons or vehicles lost or made up, by the guard: in {changed} of {frames} translated images.");
        }
        if (report.Downstream is { } downstream)
        {
            Terminal.Note($"Downstream, mIoU on real photographs: {Seeded(downstream.Raw.MeanIoU)} trained on raw frames, "
                + $"{Seeded(downstream.Translated.MeanIoU)} on translated ones, difference {Seeded(downstream.Difference.MeanIoU)}.");
        }

        static string Seeded(SeedFigure? figure) =>
            $"{Text(figure?.Mean)}{(figure?.Deviation is { } deviation ? $" ± {Text(deviation)}" : "")}";

        static string Text(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
    }
}
