using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Tests.Rendering;

/// <summary>All outputs of one rendered frame.</summary>
internal sealed class Picture
{
    public Picture(CameraView view, LabelSpace? space = null)
    {
        View = view;
        int pixels = view.Width * view.Height;
        Targets = new RenderTargets
        {
            Bgra = new byte[pixels * 4],
            Tags = new byte[pixels],
            TagSpace = space ?? LabelSpaces.Carla29,
            Depth = new float[pixels],
            Instances = new ushort[pixels],
            Flow = new float[pixels * 2],
        };
    }

    public CameraView View { get; }

    public RenderTargets Targets { get; }

    public byte[] Bgra => Targets.Bgra!;

    public byte[] Tags => Targets.Tags!;

    public float[] Depth => Targets.Depth!;

    public ushort[] Instances => Targets.Instances!;

    public float[] Flow => Targets.Flow!;

    public int At(int x, int y) => (y * View.Width) + x;

    public Picture Render(TownRenderer renderer, TownState state, Pose camera, TownState? reference = null, Pose? referenceCamera = null, TownWeather? weather = null)
    {
        renderer.Render(state, weather ?? TownWeather.Clear, camera, View, Targets, reference, referenceCamera);
        return this;
    }

    public double Share(params TownTag[] tags) => Tags.Count(tag => tags.Contains((TownTag)tag)) / (double)Tags.Length;
}
