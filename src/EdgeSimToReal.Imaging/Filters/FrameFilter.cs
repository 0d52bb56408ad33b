using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Filters;

/// <summary>Decides which frames of a simulator are worth keeping. One thread.</summary>
/// <param name="options">What they must be like.</param>
public sealed class FrameFilter(FrameFilterOptions options)
{
    private const int Sky = 10, Person = 11, Vehicle = 12; // Common16

    private readonly Dictionary<string, List<ulong>> _kept = [];
    private readonly Dictionary<LabelSpace, LabelRemap> _remaps = [];

    /// <summary>Judges a frame; one that is kept is remembered.</summary>
    /// <param name="frame">With tags.</param>
    /// <param name="depth">Metres, [Height, Width]; empty where unknown.</param>
    /// <param name="group">Frames of another group may look the same: those of another map, weather or camera.</param>
    /// <param name="traffic">The share of pixels that show vehicles or people, 0..1.</param>
    /// <param name="hash">The frame's <see cref="PerceptualHash"/>; 0 where another reason came first.</param>
    public FrameVerdict Judge(Frame frame, ReadOnlySpan<float> depth, string group, out double traffic, out ulong hash)
    {
        hash = 0;
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        ReadOnlySpan<byte> table = TableOf(frame.TagSpace ?? throw new ArgumentException("The frame has no tags.", nameof(frame)));
        foreach (byte tag in frame.Tags)
            counts[table[tag]]++;
        traffic = (double)(counts[Person] + counts[Vehicle]) / frame.PixelCount;
        counts[Sky] = 0;
        int most = 0;
        foreach (int count in counts)
            most = Math.Max(most, count);
        if (most > options.MaxClass * frame.PixelCount || NearShare(depth) > options.MaxNear)
            return FrameVerdict.Degenerate;
        if (traffic < options.MinTraffic)
            return FrameVerdict.LittleTraffic;
        hash = PerceptualHash.Of(frame);
        List<ulong> kept = KeptOf(group);
        foreach (ulong other in kept)
        {
            if (PerceptualHash.Distance(hash, other) < options.MinDistance)
                return FrameVerdict.NearDuplicate;
        }
        kept.Add(hash);
        return FrameVerdict.Kept;
    }

    /// <summary>Remembers a frame that an earlier run kept.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="hash">Its hash.</param>
    public void Remember(string group, ulong hash) => KeptOf(group).Add(hash);

    private List<ulong> KeptOf(string group)
    {
        if (!_kept.TryGetValue(group, out List<ulong>? kept))
            _kept.Add(group, kept = []);
        return kept;
    }

    private double NearShare(ReadOnlySpan<float> depth)
    {
        int near = 0;
        foreach (float metres in depth)
            near += metres < options.NearMetres ? 1 : 0;
        return depth.Length == 0 ? 0 : (double)near / depth.Length;
    }

    private ReadOnlySpan<byte> TableOf(LabelSpace space)
    {
        if (!_remaps.TryGetValue(space, out LabelRemap? remap))
            _remaps.Add(space, remap = LabelRemap.Between(space, LabelSpaces.Common16));
        return remap.Table;
    }
}
