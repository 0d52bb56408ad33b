using System.Runtime.InteropServices;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>A signal reaches every source of the process, so no other test may run beside these.</summary>
[Collection(nameof(WholeProcessCollection))]
public class SignalTests
{
    private const int Hangup = 1;

    [Fact]
    public void Signal_RestoresTheSettingsAndEndsTheFrames()
    {
        using TestServer server = new();
        server.Ticked = frame => server.Rgb().Send(server.Image(13, frame, 8, 8));
        using CarlaCameraSource source = Open(server);
        source.Return(source.Take(CancellationToken.None)!);
        // As a program that ends in its own time does; without this the signal would end the test run.
        using PosixSignalRegistration survive = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        Assert.Equal(0, kill(Environment.ProcessId, Hangup));
        Assert.True(SpinWait.SpinUntil(() => !server.Settings.SynchronousMode, 5000));
        Assert.Null(source.Take(CancellationToken.None));
    }

    [Fact]
    public void Signal_WhileTheServersNewMapIsSetUp_RestoresTheSettings()
    {
        using TestServer server = new();
        server.Ticked = frame => server.Rgb().Send(server.Image(13, frame, 8, 8));
        using CarlaCameraSource source = Open(server);
        source.Return(source.Take(CancellationToken.None)!);
        server.Ticked = null;
        using PosixSignalRegistration survive = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        server.Override = request =>
        {
            if (request.Method == "get_episode_settings")
            {
                Assert.Equal(0, kill(Environment.ProcessId, Hangup));
                Thread.Sleep(300); // the signal's work would be done before these settings are known and set anew
            }
            return null;
        };
        server.EpisodeId = 2;
        server.DestroyActors(_ => true);
        server.CloseAllStreams();
        Assert.True(SpinWait.SpinUntil(() => server.Requests.Count(r => r.Method == "spawn_actor") == 2, 10_000));
        Assert.True(SpinWait.SpinUntil(() => !server.Settings.SynchronousMode, 5000));
    }

    private static CarlaCameraSource Open(TestServer server) => new(new CarlaCameraOptions
    {
        Client = new CarlaClientOptions { Port = server.Port },
        Width = 8,
        Height = 8,
        Synchronous = true,
        FixedTransform = default(Transform),
    });

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int kill(int process, int signal);
}
