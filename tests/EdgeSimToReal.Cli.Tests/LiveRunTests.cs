using System.Text.Json;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>What is left of a run that ends badly.</summary>
public sealed class LiveRunTests : IDisposable
{
    private const int Frames = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // At the last frame no next one tells of it.
    [Theory]
    [InlineData(1)]
    [InlineData(Frames)]
    public void GuardThatFails_EndsTheRun_AndItsReportIsKept(int failsAt)
    {
        using GuardedTranslator translator = new(new PassThroughTranslator(), new FailingGuard(failsAt), GuardPolicy.Report, 1);
        using Street source = new(translator);
        using NullSink sink = new();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => LiveRun.Run(source, translator, sink, "none", 0, 0, null, _folder["latency.json"]));
        Assert.Equal(FailingGuard.Why, error.Message);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(_folder["latency.json"])).RootElement;
        Assert.InRange(report.GetProperty("frames").GetInt64(), failsAt, Frames);
        Assert.Equal(FailingGuard.Why, report.GetProperty("guard").GetProperty("failure").GetString());
        Assert.Equal(failsAt - 1, report.GetProperty("guard").GetProperty("checkedFrames").GetInt64());
        Assert.True(File.Exists(_folder["latency.png"]));
    }

    /// <summary>Gives frames as fast as the guard judges them, so that it misses none.</summary>
    private sealed class Street(GuardedTranslator translator) : IFrameSource
    {
        private int _next;

        public string Description => "street";

        public double NominalRate => 0;

        public long? FrameCount => Frames;

        public bool IsLive => false;

        public FrameDrops Drops => default;

        public Frame? Take(CancellationToken cancellation)
        {
            // Waits for the guard.
            translator.Report();
            if (_next == Frames)
                return null;
            Frame frame = new(64, 32, withTags: true) { Id = (ulong)_next++, TagSpace = LabelSpaces.Shared10 };
            frame.Stamps.Taken = FrameStamps.Now;
            return frame;
        }

        public void Return(Frame frame)
        {
            // The next one is another.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class FailingGuard(int failsAt) : ILabelGuard
    {
        public const string Why = "The device is lost.";

        private int _count;

        public BundleGuard Description { get; } = new()
        {
            Id = "0000000000000000",
            Architecture = "none",
            LabelSpace = LabelSpaces.Shared10.Name,
            Width = 64,
            Height = 32,
            Normalisation = BundleNormalisation.SignedUnit,
            MultiplyAccumulates = 1,
        };

        public LabelSpace Space => LabelSpaces.Shared10;

        public ConfusionMatrix Confusion { get; } = new(LabelSpaces.Shared10.Count);

        public ConfusionMatrix UntranslatedConfusion { get; } = new(LabelSpaces.Shared10.Count);

        public void WarmUp()
        {
            // There is nothing to warm up.
        }

        public void Prepare(Frame source, Frame translated)
        {
            // Nothing is looked at.
        }

        public GuardReading Read() =>
            ++_count == failsAt ? throw new InvalidOperationException(Why) : new GuardReading(0, 1, 1, 0, 0, 0, 0);

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
