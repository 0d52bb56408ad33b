using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Computing;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using static TorchSharp.torch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>
/// Whether the semantic losses act: from one checkpoint and one seed, further steps with either loss against the same steps without it,
/// and with shuffled labels; read on held-out pictures.
/// </summary>
/// <remarks>
/// A short run learns most from whole scenes: pictures of 256x128, as "edgesim prepare --size 256x128" makes them. Larger ones are cropped.
/// </remarks>
internal static class LossesBenchmark
{
    private const double NllAim = 0.8;
    private const double AccuracyAim = 0.6;
    private const int BatchSize = 2, Height = 128, Width = 256, Runs = 6;

    /// <summary>Trains six short runs and prints their readings.</summary>
    /// <param name="folders">Simulated training and held-out frames, real training and held-out photographs.</param>
    /// <param name="spaces">The label spaces of the simulated and of the real sets.</param>
    /// <param name="segmenter">The frozen outer segmenter.</param>
    /// <param name="before">Steps before the checkpoint.</param>
    /// <param name="further">Steps after it, while the rate falls to nothing.</param>
    /// <param name="threads">Threads.</param>
    public static void Run((string Simulated, string HeldOutSimulated, string Real, string HeldOutReal) folders,
        (string Simulated, string Real) spaces, string segmenter, int before, int further, int threads)
    {
        set_num_threads(threads);
        TrainingDevice device = TrainingDevice.Choose("auto");
        string shuffledFolder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
        try
        {
            ImageSetOptions simulated = new() { Path = folders.Simulated, Space = spaces.Simulated };
            ImageSetOptions real = new() { Path = folders.Real, Space = spaces.Real };
            ImageSetOptions wrongSimulated = Shuffled(simulated, Path.Combine(shuffledFolder, "simulated"));
            ImageSetOptions wrongReal = Shuffled(real, Path.Combine(shuffledFolder, "real"));
            LcsaeConfiguration start = Start(simulated, real, folders, spaces, segmenter, before, further);
            using TrainingState checkpoint = new("lcsae", "");
            using LcsaeTraining first = new(start, device.Device);
            Advance(first, 1, "without either loss", before);
            first.Save(checkpoint);
            string file = Path.Combine(shuffledFolder, "start.checkpoint");
            using (CheckpointStore store = new(shuffledFolder))
                file = store.Save(checkpoint, first.Step);

            IReadOnlyDictionary<string, double> without = Further(2, start, 0, 0), outer = Further(3, start, 0, 2);
            LcsaeValidation seen = start.Validation with { Simulated = simulated, Real = real };
            IReadOnlyDictionary<string, double> innerSeen = new Dictionary<string, double>(), inner = Further(4, start, 1, 0,
                training => innerSeen = Read(training, start with { Validation = seen }));
            LcsaeConfiguration wrong = start with { Simulated = [wrongSimulated], Real = [wrongReal] };
            IReadOnlyDictionary<string, double> wrongOuter = Further(5, wrong, 0, 2), wrongInner = Further(6, wrong, 1, 0);
            Console.WriteLine($"losses: {before} steps without, then {further} steps with either loss; held-out pictures; {device.Line}");
            double gain = outer["nll"] / without["nll"], wrongGain = wrongOuter["nll"] / without["nll"];
            Console.WriteLine($"  outer NLL without                         {without["nll"]:F3}");
            Console.WriteLine($"  outer NLL with lambda_out = 2 / without   {gain:F3} ({Told(gain <= NllAim)} at most {NllAim})");
            Console.WriteLine($"  the same with shuffled labels             {wrongGain:F3} ({Told(wrongGain > NllAim)} above {NllAim})");
            Tell("inner accuracy with lambda_in = 1", inner, above: true);
            Tell("the same on training pictures", innerSeen, above: true);
            Tell("the same with shuffled labels", wrongInner, above: false);

            IReadOnlyDictionary<string, double> Further(int run, LcsaeConfiguration configuration, double lambdaIn, double lambdaOut,
                Action<LcsaeTraining>? afterwards = null)
            {
                using LcsaeTraining training = new(configuration with
                {
                    Weights = configuration.Weights with { Inner = lambdaIn, Outer = lambdaOut },
                }, device.Device);
                using (TrainingState state = CheckpointStore.Load(file))
                    training.Load(state);
                string labels = configuration == start ? "" : ", shuffled labels";
                Advance(training, run, $"lambda_in = {lambdaIn}, lambda_out = {lambdaOut}{labels}", further);
                afterwards?.Invoke(training);
                return training.Validate()!.Scalars;
            }

            // The same weights, validated on other pictures.
            IReadOnlyDictionary<string, double> Read(LcsaeTraining training, LcsaeConfiguration configuration)
            {
                using TrainingState state = new("lcsae", "");
                training.Save(state);
                using LcsaeTraining other = new(configuration, device.Device);
                other.Load(state);
                return other.Validate()!.Scalars;
            }
        }
        finally
        {
            Directory.Delete(shuffledFolder, recursive: true);
        }
    }

    // Hours in all: says where it is.
    private static void Advance(LcsaeTraining training, int run, string what, int steps)
    {
        for (int step = 1; step <= steps; step++)
        {
            training.Advance();
            if (step % 100 == 0 || step == steps)
                Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} run {run} of {Runs}, {what}: step {step} of {steps}");
        }
    }

    private static LcsaeConfiguration Start(ImageSetOptions simulated, ImageSetOptions real,
        (string Simulated, string HeldOutSimulated, string Real, string HeldOutReal) folders, (string Simulated, string Real) spaces,
        string segmenter, int before, int further)
    {
        LcsaeConfiguration tiny = LcsaeConfiguration.Tiny;
        return tiny with
        {
            Simulated = [simulated],
            Real = [real],
            BatchSize = BatchSize,
            CropHeight = Height,
            CropWidth = Width,
            Images = (long)(before + further) * (tiny with { BatchSize = BatchSize }).ImagesPerStep,
            FallingShare = (double)further / (before + further),
            // The encoder of preset edge, and the report's equation: what the inner branch learns is limited by the encoder, and by its
            // share in the gradient.
            Network = tiny.Network with { EncoderCapacity = 0.5, GeneratorCapacity = 0.0625, TextureChannels = 64, StructureChannels = 16 },
            Weights = ObjectiveWeights.Paper with { Inner = 0, Outer = 0 },
            Outer = new OuterOptions { Segmenters = [segmenter] },
            Validation = new LcsaeValidation
            {
                Simulated = new ImageSetOptions { Path = folders.HeldOutSimulated, Space = spaces.Simulated },
                Real = new ImageSetOptions { Path = folders.HeldOutReal, Space = spaces.Real },
                Frames = 40,
            },
        };
    }

    /// <summary>
    /// The same images with each other's labels, each with its classes exchanged at random: streets are so alike (road below, sky above)
    /// that another street's labels alone would still teach where things are.
    /// </summary>
    private static ImageSetOptions Shuffled(ImageSetOptions options, string folder)
    {
        IReadOnlyList<TrainingItem> items = ImageSet.Open(options).Items;
        TrainingItem[] labelled = [.. items.Where(item => item.Label is not null)];
        string[] labels = [.. labelled.Select(item => item.Label!)];
        Random random = new(1);
        random.Shuffle(labels);
        byte[] ids = [.. LabelSpaces.ByName(options.Space!).Classes.Select(c => c.Id)];
        for (int i = 0; i < labelled.Length; i++)
        {
            (int width, int height, byte[] map) = LabelFile.Read(labels[i]);
            byte[] others = [.. ids], table = [.. Enumerable.Range(0, 256).Select(id => (byte)id)];
            random.Shuffle(others);
            for (int c = 0; c < ids.Length; c++)
                table[ids[c]] = others[c];
            LabelFile.Write(Path.Combine(folder, Path.GetFileNameWithoutExtension(labelled[i].Image) + ".png"), width, height,
                [.. map.Select(id => table[id])]);
        }
        return options with { Labels = folder };
    }

    private static void Tell(string what, IReadOnlyDictionary<string, double> scalars, bool above)
    {
        foreach (string domain in new[] { "simulated", "real" })
        {
            double accuracy = scalars[$"inner_accuracy_{domain}"];
            bool met = accuracy >= AccuracyAim == above;
            Console.WriteLine($"  {what + ", " + domain,-46}{accuracy:F3} ({Told(met)} {(above ? "at least" : "below")} {AccuracyAim})");
        }
    }

    private static string Told(bool met) => met ? "met:" : "missed:";
}
