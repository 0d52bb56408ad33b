using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Whether a guard tells frames whose labels are true from frames whose labels are not.</summary>
/// <remarks>Holds all frames in memory, 9 bytes a pixel.</remarks>
public static class GuardTest
{
    /// <summary>By how many pixels of the frame labels are moved.</summary>
    public const int Moved = 16;

    private static readonly (string Direction, int Across, int Down)[] Moves =
        [("right", Moved, 0), ("left", -Moved, 0), ("down", 0, Moved), ("up", 0, -Moved)];

    /// <summary>Runs the test.</summary>
    /// <param name="bundle">A bundle with a calibrated guard.</param>
    /// <param name="guard">Its guard.</param>
    /// <param name="frames">Labelled frames, none of which guard or calibration saw.</param>
    /// <param name="data">Their name.</param>
    /// <param name="command">The command line.</param>
    /// <param name="cancellation">Ends the work between two frames.</param>
    /// <exception cref="EdgeSimException">The guard is not calibrated, or the frames are too few or differ in size.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static GuardTestReport Run(ModelBundle bundle, LabelGuard guard, GuardFrames frames, string data, string command,
        CancellationToken cancellation)
    {
        BundleGuardThreshold threshold = guard.Description.Threshold ?? throw new EdgeSimException(
            $"The label guard of '{bundle.Folder}' is not calibrated.", "Calibrate it on other frames first: edgesim guard calibrate.");
        List<(Frame Source, Frame Translated)> pairs =
            [.. frames.Translate(cancellation).Select(pair => (Copy(pair.Source), Copy(pair.Translated)))];
        if (pairs.Count < 2 || pairs.DistinctBy(pair => (pair.Source.Width, pair.Source.Height)).Count() > 1)
        {
            throw new EdgeSimException($"'{data}' does not hold two frames or more, all of one size.",
                "Bring them to one size: edgesim prepare.");
        }

        Dictionary<string, List<GuardReading>> cases = [];
        List<GuardReading> good = [];
        VehicleEdits vehicles = new(pairs[0].Source.TagSpace!);
        Frame edited = new(pairs[0].Source.Width, pairs[0].Source.Height);
        Frame moved = new(edited.Width, edited.Height, withTags: true) { TagSpace = pairs[0].Source.TagSpace };
        for (int i = 0; i < pairs.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (Frame source, Frame translated) = pairs[i];
            guard.Prepare(source, translated);
            good.Add(guard.Read());
            // The other half of the folder: neighbours of a video resemble each other.
            Add("another frame's tags", guard.Compare(pairs[(i + (pairs.Count / 2)) % pairs.Count].Source));
            foreach ((string direction, int across, int down) in Moves)
            {
                Move(source, moved, across, down);
                Add($"tags {Moved} pixels {direction}", guard.Compare(moved));
            }
            if (vehicles.Erase(source, translated, edited))
                Add("vehicles erased", Read(source));
            // The next frame round the folder whose vehicles would stand where there are none, from the other half on.
            for (int k = 0; k < pairs.Count; k++)
            {
                (Frame donor, Frame donorPicture) = pairs[(i + (pairs.Count / 2) + k) % pairs.Count];
                if (vehicles.Paste(source, translated, donor, donorPicture, edited))
                {
                    Add("vehicles pasted in", Read(source));
                    break;
                }
            }
        }
        GuardReading[] readable = [.. good.Where(reading => reading.IsReadable)];
        if (readable.Length == 0)
            throw new EdgeSimException($"No frame of '{data}' has labels of {guard.Space}.", "Name the folder's label space.");
        return new GuardTestReport
        {
            Command = command,
            FinishedUtc = DateTime.UtcNow,
            Machine = MachineInfo.Current,
            Model = bundle.Manifest.Name,
            Checksum = bundle.Checksum,
            Guard = guard.Description,
            Data = data,
            Frames = readable.Length,
            MeanIoU = readable.Average(reading => reading.MeanIoU),
            UntranslatedMeanIoU = readable.Average(reading => reading.UntranslatedMeanIoU),
            FalseAlarms = (double)readable.Count(reading => !reading.Passes(threshold)) / readable.Length,
            ChangedObjects = (double)readable.Count(reading => reading.ChangesObjects) / readable.Length,
            Cases = [.. cases.Where(pair => pair.Value.Count > 0).Select(pair => Case(pair.Key, readable, pair.Value, threshold))],
        };

        GuardReading Read(Frame source)
        {
            guard.Prepare(source, edited);
            return guard.Read();
        }

        void Add(string name, GuardReading reading)
        {
            if (!cases.TryGetValue(name, out List<GuardReading>? readings))
                cases[name] = readings = [];
            if (reading.IsReadable)
                readings.Add(reading);
        }
    }

    private static GuardTestCase Case(string name, GuardReading[] good, List<GuardReading> bad, BundleGuardThreshold threshold)
    {
        RocCurve curve = Curve(reading => reading.Score(threshold));
        return new GuardTestCase
        {
            Name = name,
            Frames = bad.Count,
            Area = curve.Area,
            AlignmentArea = Curve(reading => reading.Alignment).Area,
            KeptArea = Curve(reading => reading.Kept).Area,
            ObjectsArea = Curve(reading => reading.ObjectsKept).Area,
            Found = curve.FoundBelow(threshold.Score),
            FoundAt1Percent = curve.Found(0.01),
            FoundAt5Percent = curve.Found(0.05),
            FoundAt10Percent = curve.Found(0.1),
            Curve = curve.Points,
        };

        RocCurve Curve(Func<GuardReading, double> score) => new(good.Select(score), bad.Select(score));
    }

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height, frame.HasTags) { TagSpace = frame.TagSpace };
        frame.Bgra.CopyTo(copy.Bgra, 0);
        frame.Tags.CopyTo(copy.Tags, 0);
        copy.CopyIdentityFrom(frame);
        return copy;
    }

    // What comes in from outside repeats the edge.
    private static void Move(Frame source, Frame target, int across, int down)
    {
        for (int y = 0; y < source.Height; y++)
        {
            int from = Math.Clamp(y - down, 0, source.Height - 1) * source.Width;
            for (int x = 0; x < source.Width; x++)
                target.Tags[(y * source.Width) + x] = source.Tags[from + Math.Clamp(x - across, 0, source.Width - 1)];
        }
    }
}
