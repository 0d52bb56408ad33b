using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Draws a town in software: colour, tags, depth, instance ids and exact optical flow from one z-buffer.</summary>
/// <remarks>
/// The same town, state, weather, pose and view give the same bytes on every machine, on any number of threads and in any order of calls.
/// One renderer serves one caller at a time; several share a <see cref="TownScene"/>. After the first frames of a size a call allocates
/// nothing. Tags, depth, instances and flow are those of the surface at the pixel's centre; colour is smoothed along edges afterwards.
/// A picture is made in three steps: the z-buffer beside the maps of shadows, then everything by strips of rows, then the edges likewise.
/// </remarks>
public sealed unsafe partial class TownRenderer
{
    // Rows that a thread takes at a time: few enough to share a picture evenly, enough that handing them out costs nothing.
    private const int StripRows = 16;

    private const int Preparations = 4;

    private static readonly RenderWorkers Alone = new(1);

    private readonly TownScene _scene;
    private readonly RenderWorkers _workers;
    private readonly Action<int> _prepare, _drawStrip, _smoothStrip;
    private readonly Rasterizer _rasterizer = new();
    private readonly Lighting _lighting = new();
    private DrawItem[] _items = new DrawItem[512];
    private int _itemCount;
    private CameraView _view;
    private Affine _camera, _toCamera, _toReference;
    private bool _sameCamera;
    private float _focal, _centreX, _centreY;
    private TownState _state = null!;
    private RenderTargets _targets = null!;

    /// <summary>Creates a renderer.</summary>
    /// <param name="scene">The town.</param>
    /// <param name="workers">The threads that render; null: the caller's alone. Whoever made them ends them.</param>
    public TownRenderer(TownScene scene, RenderWorkers? workers = null)
    {
        (_scene, _workers) = (scene, workers ?? Alone);
        (_prepare, _drawStrip, _smoothStrip) = (Prepare, DrawStrip, SmoothStrip);
    }

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

        (_state, _targets, _view) = (state, targets, view);
        (_focal, _centreX, _centreY) = (view.FocalLength, view.Width / 2f, view.Height / 2f);
        _camera = Affine.From(camera);
        _toCamera = _camera.Inverted();
        _toReference = Affine.From(referenceCamera ?? camera).Inverted();
        _sameCamera = (referenceCamera ?? camera) == camera;
        CollectItems(state, reference ?? state, targets.Flow is not null);
        if (targets.Bgra is not null)
        {
            _lighting.Set(weather);
            _shadows.Begin(_lighting.Sun);
            ReserveColours();
        }
        int strips = (view.Height + StripRows - 1) / StripRows;
        _workers.Run(_prepare, targets.Bgra is null ? 1 : Preparations);
        _workers.Run(_drawStrip, strips);
        if (targets.Bgra is null)
            return;
        _workers.Run(_smoothStrip, strips);
        if (weather.Precipitation > 0)
            RainOverlay.Apply(targets.Bgra, view.Width, view.Height, weather.Precipitation / 100, state.Time);
    }

    /// <summary>What pixels are drawn from, in pieces that do not depend on each other; the longest come first.</summary>
    private void Prepare(int piece)
    {
        switch (piece)
        {
            case 0:
                FillDepths();
                break;
            case 1:
                DrawNearShadows();
                break;
            case 2:
                DrawFarShadows();
                break;
            default:
                DrawContacts();
                break;
        }
    }

    private void FillDepths()
    {
        _rasterizer.Begin(_view);
        for (int i = 0; i < _itemCount; i++)
            _rasterizer.Draw(_items[i].Mesh, _toCamera.Then(_items[i].Place), i);
    }

    private void DrawStrip(int strip)
    {
        (int top, int bottom) = RowsOf(strip);
        if (_targets.Bgra is not null)
            ShadeRows(top, bottom);
        int from = top * _view.Width, to = bottom * _view.Width;
        if (_targets.Tags is { } tags)
            WriteTags(tags, TagTables.For(_targets.TagSpace), from, to);
        if (_targets.Instances is { } instances)
            WriteInstances(instances, from, to);
        if (_targets.Depth is { } depth)
            WriteDepth(depth, from, to);
        if (_targets.Flow is { } flow)
            WriteFlow(flow, top, bottom);
    }

    private void SmoothStrip(int strip)
    {
        (int top, int bottom) = RowsOf(strip);
        EdgeSmoother.Apply(_shadedPointer, ColourStride, _view.Width, _view.Height, _targets.Bgra!, top, bottom);
    }

    private (int Top, int Bottom) RowsOf(int strip) => (strip * StripRows, Math.Min(_view.Height, (strip + 1) * StripRows));

    private static void CheckBuffer(int? length, long needed, string name)
    {
        if (length is { } present && present < needed)
            throw new EdgeSimException($"The buffer {name} has {present} elements; the picture needs {needed}.", "Allocate it for the view's size.");
    }
}
