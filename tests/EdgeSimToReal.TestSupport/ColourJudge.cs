using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using Google.Protobuf;

namespace EdgeSimToReal.TestSupport;

/// <summary>A hand-made judge whose figures are known: a pixel is of the class whose display colour is nearest; features are mean colours.</summary>
public static class ColourJudge
{
    /// <summary>Writes the judge as an ONNX file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="space">The label space whose colours it knows.</param>
    /// <param name="id">Its id.</param>
    /// <param name="withFeatures">Whether it puts out features.</param>
    public static void Write(string path, LabelSpace space, string id = "0123456789abcdef", bool withFeatures = true)
    {
        GraphBuilder graph = new(SegmenterExporter.Role, "Class by colour.");
        string image = graph.Input(SaeExporter.Image, "RGB in [-1, 1].", "N", 3, "H", "W");
        // -|x - m|² without |x|², which all classes share.
        float[] weight = [.. space.Classes.SelectMany(c => Colour(c).Select(value => 2 * value))];
        float[] bias = [.. space.Classes.Select(c => -Colour(c).Sum(value => value * value))];
        string logits = graph.Conv("logits/raw", image, graph.Initializer("weight", weight, space.Count, 3, 1, 1),
            graph.Initializer("bias", bias, space.Count));
        graph.Output(SegmenterExporter.Logits, "", logits, "N", space.Count, "H", "W");
        if (withFeatures)
        {
            string mean = graph.Node("Flatten", "flat", [graph.Node("GlobalAveragePool", "mean", [image])]);
            graph.Output(SegmenterExporter.Features, "", mean, "N", 3);
        }
        ModelProto model = graph.Build("", new Dictionary<string, string>
        {
            [SaeExporter.MetadataPrefix + "architecture"] = "colour",
            [SaeExporter.MetadataPrefix + "label_space"] = space.Name,
            [SaeExporter.MetadataPrefix + "validation_miou"] = "0.75",
            [SaeExporter.MetadataPrefix + "training_data"] = """[{"name":"paint","images":3,"licence":"none"}]""",
            [SaeExporter.MetadataPrefix + "id"] = id,
        });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    /// <summary>Writes the same judge as somebody else might: RGB in [0, 1], another output name, no metadata, no features.</summary>
    /// <param name="path">The file.</param>
    /// <param name="space">The label space whose colours it knows.</param>
    public static void WriteForeign(string path, LabelSpace space)
    {
        GraphBuilder graph = new("main", "");
        string image = graph.Input("input", "", "N", 3, "H", "W");
        // In v = (x + 1) / 2: 2m·x = 4m·v - 2 Σ m.
        float[] weight = [.. space.Classes.SelectMany(c => Colour(c).Select(value => 4 * value))];
        float[] bias = [.. space.Classes.Select(c => -Colour(c).Sum(value => (value * value) + (2 * value)))];
        string scores = graph.Conv("raw", image, graph.Initializer("weight", weight, space.Count, 3, 1, 1),
            graph.Initializer("bias", bias, space.Count));
        graph.Output("scores", "", scores, "N", space.Count, "H", "W");
        File.WriteAllBytes(path, graph.Build("", []).ToByteArray());
    }

    /// <summary>A class's display colour, R, G, B in [-1, 1].</summary>
    public static float[] Colour(LabelClass c) => [(c.R / 127.5f) - 1, (c.G / 127.5f) - 1, (c.B / 127.5f) - 1];
}
