using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Models of random weights, for times; and a street to translate.</summary>
public static class RandomModels
{
    /// <summary>A bundle of a preset with a label guard that lets all pass.</summary>
    /// <param name="folder">Where it is written.</param>
    /// <param name="preset">The preset.</param>
    public static ModelBundle Bundle(string folder, string preset)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        Random random = new(1);
        Dictionary<string, WeightTensor> weights = configuration.EncoderParameters().Concat(configuration.GeneratorParameters())
            .ToDictionary(parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, Values(parameter, random)));
        BundleWriter.Write(folder, new SaeWeights(configuration, weights),
            new BundleDescription { Name = preset, Description = "Random weights.", Licence = "none" }, "Random weights.");
        WriteGuard(Path.Combine(folder, "random.onnx"));
        BundleGuardWriter.Add(folder, Path.Combine(folder, "random.onnx"), 256, 128);
        Calibrate(folder);
        return ModelBundle.Load(folder);
    }

    /// <summary>Gives a bundle's guard a threshold that no frame fails.</summary>
    /// <param name="folder">The bundle.</param>
    public static void Calibrate(string folder)
    {
        BundleGuardMeasure any = new(0, 1);
        BundleGuardWriter.Calibrate(folder, new BundleGuardThreshold
        {
            Score = -1e9,
            Alignment = any,
            Kept = any,
            Objects = any,
            FalseAlarmRate = 0.01,
            Frames = 1,
            Texture = "",
            Width = 512,
            Height = 256,
        });
    }

    /// <summary>Writes a label guard of random weights, of the size that the project's guards have.</summary>
    /// <param name="path">The file.</param>
    public static void WriteGuard(string path)
    {
        SegmenterConfiguration unet = new() { Architecture = SegmenterArchitecture.UNet, Classes = LabelSpaces.Shared10.Count, Width = 32 };
        Random random = new(1);
        Dictionary<string, WeightTensor> tensors = unet.Tensors().ToDictionary(shape => shape.Name, shape => new WeightTensor(shape.Shape,
            [.. Enumerable.Range(0, (int)shape.Count).Select(_ => shape.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1
                : (float)((random.NextDouble() - 0.5) * 0.1))]));
        using FileStream file = File.Create(path);
        SegmenterExporter.Segmenter(new SegmenterWeights(unet, tensors), new Dictionary<string, string>
        {
            ["label_space"] = LabelSpaces.Shared10.Name,
            ["id"] = "0000000000000000",
        }).WriteTo(file);
    }

    /// <summary>A texture code.</summary>
    /// <param name="bundle">The bundle: its first texture, or a random one.</param>
    public static TextureCode Texture(ModelBundle bundle)
    {
        if (bundle.TextureNames.Count > 0)
            return bundle.Texture(bundle.TextureNames[0]);
        Random random = new(2);
        return new TextureCode([.. Enumerable.Range(0, bundle.Configuration.TextureChannels).Select(_ => (random.NextSingle() * 2) - 1)], "random");
    }

    /// <summary>Sky, houses, a road and vehicles, with tags of CARLA's 29.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static Frame Street(int width, int height)
    {
        Frame frame = new(width, height, withTags: true) { TagSpace = LabelSpaces.Carla29 };
        Random random = new(3);
        for (int i = 0; i < frame.Tags.Length; i++)
        {
            (int x, int y) = (i % width * 512 / width, i / width * 256 / height);
            int house = 40 + (x / 37 * 29 % 60);
            frame.Tags[i] = y < house ? (byte)11 : y < 128 ? (byte)3 : x / 64 % 3 == 1 && y < 170 ? (byte)14 : (byte)1;
        }
        random.NextBytes(frame.Bgra);
        for (int i = 0; i < frame.Bgra.Length; i++)
            frame.Bgra[i] = (byte)((frame.Bgra[i] / 8) + (frame.Tags[i / 4] * 12));
        return frame;
    }

    // Of unit variance where layers are equalised; styles about 1.
    private static float[] Values(ParameterShape parameter, Random random)
    {
        (double scale, double offset) = parameter.Name.EndsWith("noise.weight", StringComparison.Ordinal) ? (0.1, 0)
            : parameter.Name.EndsWith("modulation.bias", StringComparison.Ordinal) ? (0.1, 1)
            : parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? (0.1, 0)
            : (Math.Sqrt(3), 0.0);
        float[] values = new float[parameter.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(offset + (scale * ((random.NextDouble() * 2) - 1)));
        return values;
    }
}
