using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Judging;

namespace EdgeSimToReal.Evaluation;

/// <summary>Hands frames to the judge, and to the feature networks that there are, in batches.</summary>
internal sealed class SetReader(Judge judge, ResNet18Network? resNet18, InceptionNetwork? inception)
{
    public const string JudgeFeatures = "judge";
    public const string InceptionFeatures = "inception";

    // More gains nothing on a CPU and costs memory: logits of a batch are 34 MB at 512x256 and 16 classes.
    private const int Batch = 4;

    private readonly List<Frame> _frames = [];
    private readonly List<(ImageSet Set, int Group, string? Texture)> _places = [];

    /// <summary>Adds a frame, which the caller may then overwrite.</summary>
    /// <param name="frame">The frame; compared with its tags where it has them.</param>
    /// <param name="set">Where its figures go.</param>
    /// <param name="group">The number of its structure image.</param>
    /// <param name="tags">Whose tags count; null: its own.</param>
    /// <param name="texture">The texture's name.</param>
    public void Add(Frame frame, ImageSet set, int group, Frame? tags = null, string? texture = null)
    {
        tags ??= frame;
        if (_frames.Count > 0 && (_frames[0].Width != frame.Width || _frames[0].Height != frame.Height))
            Flush();
        Frame copy = new(frame.Width, frame.Height, tags.HasTags) { TagSpace = tags.TagSpace };
        frame.Bgra.CopyTo(copy.Bgra, 0);
        tags.Tags.CopyTo(copy.Tags, 0);
        _frames.Add(copy);
        _places.Add((set, group, texture));
        if (_frames.Count == Batch)
            Flush();
    }

    /// <summary>Reads what is waiting.</summary>
    public void Flush()
    {
        if (_frames.Count == 0)
            return;
        IReadOnlyList<JudgedImage> images = judge.Read(_frames);
        IReadOnlyList<float[][]>? means = resNet18?.Read(_frames);
        IReadOnlyList<float[]>? features = inception?.Read(_frames);
        for (int i = 0; i < images.Count; i++)
        {
            (ImageSet set, int group, string? texture) = _places[i];
            set.Add(images[i], group, texture);
            if (judge.FeatureCount > 0)
                set.AddFeatures(JudgeFeatures, images[i].Features, group, texture);
            for (int k = 0; k < ResNet18Network.Kinds.Count && means is not null; k++)
                set.AddFeatures(ResNet18Network.Kinds[k], means[i][k], group, texture);
            if (features is not null)
                set.AddFeatures(InceptionFeatures, features[i], group, texture);
        }
        _frames.Clear();
        _places.Clear();
    }
}
