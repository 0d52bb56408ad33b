using System.Diagnostics;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation;

/// <summary>
/// Measures a model as chapter 4.3 of the paper does: all structures with all textures, read by an independent segmenter, beside what
/// the same judge reads in real images, in the simulator's own frames and in a mere colour transfer.
/// </summary>
/// <param name="options">What is evaluated, and with what.</param>
public sealed class Evaluator(EvaluationOptions options)
{
    // Statistics of colour need no more.
    private const int MostPhotographs = 400;

    private long _done;
    private long _total;

    /// <summary>Images done so far; may be read on any thread.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Images altogether; 0 until it is known.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Runs the evaluation.</summary>
    /// <param name="cancellation">Ends the work between two images.</param>
    /// <exception cref="EdgeSimException">An input is wrong or missing, or the judge took part in the model's training.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public EvaluationReport Run(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Judge judge = Judge.Load(options.Judge, options.Space, options.Threads, options.JudgeSpace, options.JudgeScale);
        List<string> warnings = [];
        bool tookPart = CheckTeachers(judge, warnings), selected = CheckSelection(judge, warnings);
        using ResNet18Network? resNet18 = options.ResNet18 is null ? null : new ResNet18Network(options.ResNet18, options.Threads);
        using InceptionNetwork? inception =
            options.Inception is null ? null : new InceptionNetwork(options.Inception, options.FidPreprocessing, options.Threads);
        using ImageFolderSource structures = Labelled(options.Structures, options.StructureLabels, judge, options.Limit);
        using ImageFolderSource real = Labelled(options.Real, options.RealLabels, judge);
        using ImageFolderSource? other = options.OtherReal is null ? null : new ImageFolderSource(options.OtherReal, options.RealLabels);
        string colourFolder = options.ClassColours ?? options.Real;
        using ImageFolderSource photographs = Labelled(colourFolder, options.RealLabels, judge, MostPhotographs);
        using TextureTranslators translators = new(
            options.Bundle, options.Textures, options.Size, options.Noise, options.Threads, options.CacheFolder);
        List<DataFacts> data =
        [
            DataFacts.Of("judge", options.Judge, 0, [options.Judge]),
            DataFacts.Of("structures", options.Structures, (int)structures.FrameCount!, structures.Files),
            .. options.Textures.Select(path => DataFacts.Of("texture", path, 1, [path])),
            DataFacts.Of("real", options.Real, (int)real.FrameCount!, real.Files),
        ];
        if (other is not null)
            data.Add(DataFacts.Of("other real", options.OtherReal!, (int)other.FrameCount!, other.Files));
        if (options.ClassColours is not null)
            data.Add(DataFacts.Of("class colours", options.ClassColours, (int)photographs.FrameCount!, photographs.Files));
        if (options.ResNet18 is not null)
            data.Add(DataFacts.Of("resnet18", options.ResNet18, 0, [options.ResNet18]));
        if (options.Inception is not null)
            data.Add(DataFacts.Of("inception", options.Inception, 0, [options.Inception]));
        Volatile.Write(ref _total, (structures.FrameCount!.Value * (2 + (2 * translators.Count))) + real.FrameCount!.Value
            + (other?.FrameCount ?? 0) + (options.Video?.Count ?? 0));
        // First: a frame of it that is damaged, or lacks the labels that a generator needs, must not cost all that is read below.
        StabilityReport? stability = options.Video is null ? null
            : StabilityTest.Run(options.Video, translators[0], () => Advance(1), cancellation);
        if (options.Video is { Path: { } video })
            data.Add(DataFacts.Of("video", video, stability!.Frames, options.Video.Files));

        ImageSet realSet = new("real", "real validation images: the ceiling"), otherSet = new("other real", "other real images");
        ImageSet raw = new("untranslated", "identity, the simulator's own frames: the floor, and the cheapest rival"),
            colours = new("colour transfer", "Reinhard's, to the same photographs: a cheap rival"),
            byClass = new("colour by class", "each class's colours as in photographs, by the labels: a rival without learning"),
            translated = new("translated", "this model");
        ClassColourTransfer classColours = new(judge.Space);
        while (photographs.Take(cancellation) is { } photograph)
        {
            classColours.Add(photograph);
            photographs.Return(photograph);
        }
        cancellation.ThrowIfCancellationRequested();
        using LabelGuard? guard = options.Bundle.Manifest.Guard is null ? null : new LabelGuard(options.Bundle, options.Threads);
        List<GuardReading>[] guarded = [.. translators.Names.Select(_ => new List<GuardReading>())];
        SetReader reader = new(judge, resNet18, inception);
        ReadAll(real, realSet, reader, cancellation);
        if (other is not null)
            ReadAll(other, otherSet, reader, cancellation);
        List<ReinhardTransfer> transfers = [.. translators.Photos.Select(photo => new ReinhardTransfer(photo))];
        int group = 0;
        while (structures.Take(cancellation) is { } frame)
        {
            for (int t = 0; t < translators.Count; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                string texture = translators.Names[t];
                Frame picture = translators[t].Translate(frame, out Frame fitted);
                reader.Add(picture, translated, group, fitted, texture);
                reader.Add(transfers[t].Apply(fitted), colours, group, fitted, texture);
                if (guard is not null)
                {
                    guard.Prepare(fitted, picture);
                    guarded[t].Add(guard.Read());
                }
                if (t == 0)
                {
                    reader.Add(fitted, raw, group);
                    reader.Add(classColours.Apply(fitted), byClass, group, fitted);
                }
                Advance(t == 0 ? 4 : 2);
            }
            structures.Return(frame);
            group++;
        }
        cancellation.ThrowIfCancellationRequested();
        reader.Flush();

        ImageSet[] sets = [translated, colours, byClass, raw, realSet];
        foreach (ImageSet set in sets.Where(set => set.LabelledPixels == 0))
            warnings.Add($"No pixel of the set '{set.Name}' has a label of {judge.Space}: it has no figures.");
        if (judge.FeatureCount == 0)
            warnings.Add("The judge's file puts out no features, so there are no distances on them.");
        if (resNet18 is null)
        {
            warnings.Add("There are no distances on ResNet18's features, since its file was not given: take it from the NuGet package "
                + $"Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 and name it with --resnet18 or in {ResNet18File.Variable}.");
        }
        if (resNet18 is not null && options.Bundle.Manifest.Teachers.Contains(resNet18.Id))
        {
            warnings.Add($"ResNet18's features took part in the training of '{options.Bundle.Manifest.Name}': distances on them flatter it "
                + "beside colour transfers and models that were trained without them.");
        }
        ReportFigures figures = new(options.Replicates, options.Seed, judge.Space.Count);
        return new EvaluationReport
        {
            Command = options.Command,
            Version = typeof(Evaluator).Assembly.GetName().Version!.ToString(3),
            Machine = MachineInfo.Current,
            Warnings = warnings,
            Model = new ModelFacts(options.Bundle.Manifest.Name, options.Bundle.Checksum, translators.Width, translators.Height,
                options.Bundle.Manifest.TrainingData, options.Bundle.Manifest.Teachers)
            {
                SelectedBy = options.Bundle.Manifest.SelectedBy,
            },
            Judge = new JudgeFacts(judge.Description.Architecture, judge.Description.Id, judge.Description.LabelSpace.Name,
                judge.Description.ValidationMeanIoU, judge.Description.TrainingData, tookPart, selected)
            {
                Scale = options.JudgeScale,
            },
            Settings = new EvaluationSettings(judge.Space.Name, options.Noise, options.Limit, options.Replicates, options.Seed,
                inception?.Preprocessing switch { null => null, FidPreprocessing.CleanFid => "clean-fid", _ => "pytorch-fid" }),
            Data = data,
            Classes = [.. judge.Space.Classes.Select(c => c.Name)],
            Readings = [.. sets.Select(figures.Reading)],
            Distances = figures.Distances([translated, colours, byClass, raw], realSet, other is null ? null : otherSet),
            TextureMeans = translators.Count < 2 ? [] : [figures.TextureMean(translated, raw), figures.TextureMean(colours, raw)],
            Guard = guard is null ? null : [.. translators.Names.Select((name, t) => Count(name, guarded[t], guard.Description.Threshold))],
            Stability = stability,
            Finished = DateTime.UtcNow,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    private static GuardCount Count(string texture, List<GuardReading> readings, BundleGuardThreshold? threshold)
    {
        GuardReading[] readable = [.. readings.Where(reading => reading.IsReadable)];
        return new GuardCount(texture, readable.Length, readable.Count(reading => reading.ChangesObjects),
            threshold is null ? null : readable.Count(reading => !reading.Passes(threshold)));
    }

    private bool CheckTeachers(Judge judge, List<string> warnings)
    {
        IReadOnlyList<string> teachers = options.Bundle.Manifest.Teachers;
        string name = options.Bundle.Manifest.Name;
        if (judge.Description.Id is { } id && teachers.Contains(id))
        {
            if (!options.AllowTeacher)
            {
                throw new EdgeSimException($"The judge '{options.Judge}' ({id}) took part in the training of '{name}'.",
                    "A generator learns to please its teacher: take another judge, or --allow-teacher to have the report say so.");
            }
            warnings.Add($"THE JUDGE ({id}) TOOK PART IN THE TRAINING OF '{name}'. Its figures say how well the model learnt to please it, "
                + "not how well labels survive.");
            return true;
        }
        if (teachers.Count == 0)
            warnings.Add($"The bundle of '{name}' names no teachers: whether the judge took part in its training is not known from it.");
        else if (judge.Description.Id is null)
            warnings.Add("The judge's file tells no id: whether it took part in the training is not known.");
        return false;
    }

    private bool CheckSelection(Judge judge, List<string> warnings)
    {
        if (judge.Description.Id is not { } id || !options.Bundle.Manifest.SelectedBy.Contains(id))
            return false;
        warnings.Add($"THE JUDGE ({id}) CHOSE THE CHECKPOINT OF '{options.Bundle.Manifest.Name}' among those of its training: the one "
            + "that it read best. Its figures flatter the model; take one that had no say for those that you publish.");
        return true;
    }

    private static ImageFolderSource Labelled(string path, LabelSpace? space, Judge judge, int limit = 0)
    {
        ImageFolderSource source = new(path, space, limit);
        source.RequireLabels("to compare with");
        // Told now rather than after minutes of work.
        if (space is not null)
            _ = LabelRemap.Between(space, judge.Space);
        return source;
    }

    private void ReadAll(ImageFolderSource source, ImageSet set, SetReader reader, CancellationToken cancellation)
    {
        int group = 0;
        while (source.Take(cancellation) is { } frame)
        {
            reader.Add(frame, set, group++);
            source.Return(frame);
            Advance(1);
        }
        cancellation.ThrowIfCancellationRequested();
        reader.Flush();
    }

    private void Advance(int images) => Volatile.Write(ref _done, _done + images);
}
