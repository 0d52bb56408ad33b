using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Draws a town in software: colour, tags, depth, instance ids and exact optical flow from one z-buffer.</summary>
/// <remarks>
/// The same town, state, weather, pose and view give the same bytes on every machine and in any order of calls. One renderer serves one
/// thread; several share a <see cref="TownScene"/>. After the first frames of a size a call allocates nothing. Tags, depth, instances and
/// flow are those of the surface at the pixel's centre; colour is smoothed along edges afterwards.
/// </remarks>
public sealed unsafe partial class TownRenderer
{
    private readonly TownScene _scene;
    private readonly Rasterizer _rasterizer = new();
    private readonly Lighting _lighting = new();
    private DrawItem[] _items = new DrawItem[512];
    private int _itemCount;
    private CameraView _view;
    private Affine _camera, _toCamera;
    private float _focal, _centreX, _centreY;

    /// <summary>Creates a renderer.</summary>
    /// <param name="scene">The town.</param>
    public TownRenderer(TownScene scene) => _scene = scene;

    /// <summary>Draws one picture.</summary>
    /// <param name="state">Where everything is; of this renderer's town.</param>
    /// <param name="weather">Light and weather.</param>
    /// <param name="camera">The camera's pose.</param>
    /// <param name="view">Size and opening angle.</param>
    /// <param name="targets">The caller's buffers.</param>
    /// <param name="reference">The state that <see cref="RenderTargets.Flow"/> leads to; null: the same state.</param>
    /// <param name="referenceCamera">The camera's pose there; null: the same pose.</param>
    /// <exception cref="EdgeSimException">A buffer is too small, or a state belongs to another town.</exception>
    public void Render(
        TownState state, in TownWeather weather, in Pose camera, in CameraView view, RenderTargets targets,
        TownState? reference = null, Pose? referenceCamera = null)
    {
        if (state.Scene != _scene || (reference is not null && reference.Scene != _scene))
            throw new EdgeSimException("The state belongs to another town than the renderer.", "Create both from the same TownScene.");
        if (view.Width == 0)
            throw new EdgeSimException("The camera has no size.", "Create the CameraView with its constructor.");
        int pixels = view.Width * view.Height;
        CheckBuffer(targets.Bgra?.Length, pixels * 4L, nameof(targets.Bgra));
        CheckBuffer(targets.Tags?.Length, pixels, nameof(targets.Tags));
        CheckBuffer(targets.Depth?.Length, pixels, nameof(targets.Depth));
        CheckBuffer(targets.Instances?.Length, pixels, nameof(targets.Instances));
        CheckBuffer(targets.Flow?.Length, pixels * 2L, nameof(targets.Flow));

        _view = view;
        (_focal, _centreX, _centreY) = (view.FocalLength, view.Width / 2f, view.Height / 2f);
        _camera = Affine.From(camera);
        _toCamera = _camera.Inverted();
        CollectItems(state, reference ?? state, Affine.From(referenceCamera ?? camera), (referenceCamera ?? camera) == camera, targets.Flow is not null);
        _rasterizer.Begin(view);
        for (int i = 0; i < _itemCount; i++)
            _rasterizer.Draw(_items[i].Mesh, _toCamera.Then(_items[i].Place), i);
        if (targets.Bgra is not null)
        {
            _lighting.Set(weather);
            PrepareShadows(state);
            ShadePicture(state.Time, targets.Bgra);
        }
        if (targets.Tags is not null)
            WriteTags(targets.Tags, TagTables.For(targets.TagSpace));
        if (targets.Instances is not null)
            WriteInstances(targets.Instances);
        if (targets.Depth is not null)
            WriteDepth(targets.Depth);
        if (targets.Flow is not null)
            WriteFlow(targets.Flow, Affine.From(referenceCamera ?? camera), (referenceCamera ?? camera) == camera);
    }

    private static void CheckBuffer(int? length, long needed, string name)
    {
        if (length is { } present && present < needed)
            throw new EdgeSimException($"The buffer {name} has {present} elements; the picture needs {needed}.", "Allocate it for the view's size.");
    }
}
