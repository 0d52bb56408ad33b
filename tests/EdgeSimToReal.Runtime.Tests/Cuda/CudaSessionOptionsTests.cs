using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Runtime.Tests.Cuda;

/// <summary>ONNX Runtime's settings on a GPU, and the rules of a recording.</summary>
public sealed class CudaSessionOptionsTests
{
    [Fact]
    public void Provider_Gets_them_in_its_own_words()
    {
        Dictionary<string, string> options = new CudaSessionOptions().ForProvider(1, -1, graph: true);
        // As an unsigned number.
        Assert.Equal("18446744073709551615", options["user_compute_stream"]);
        Assert.Equal("1", options["device_id"]);
        Assert.Equal(("1", "1", "1", "EXHAUSTIVE"),
            (options["enable_cuda_graph"], options["prefer_nhwc"], options["use_tf32"], options["cudnn_conv_algo_search"]));
        options = new CudaSessionOptions { ChannelsLast = false, TensorFloat32 = false, Search = ConvolutionSearch.Default }
            .ForProvider(0, 1, graph: false);
        Assert.Equal(("0", "0", "0", "DEFAULT"),
            (options["enable_cuda_graph"], options["prefer_nhwc"], options["use_tf32"], options["cudnn_conv_algo_search"]));
    }

    [Fact]
    public void Description_Names_all_of_them() => Assert.Equal(
        "CUDA graph on, NHWC on, TF32 off, heuristic convolution search",
        new CudaSessionOptions { TensorFloat32 = false, Search = ConvolutionSearch.Heuristic }.Describe(graph: true));

    [Fact]
    public void Recording_Is_made_and_used_on_the_thread_of_the_frames()
    {
        List<(bool Plain, int Thread)> runs = [];
        RecordedRuns recorded = new(() => runs.Add((false, Environment.CurrentManagedThreadId)),
            () => runs.Add((true, Environment.CurrentManagedThreadId)));
        int first = Environment.CurrentManagedThreadId;
        recorded.WarmUp();
        Assert.Equal(Enumerable.Repeat((false, first), RecordedRuns.WarmUpRuns), runs);
        runs.Clear();
        // The first frame comes on another thread, whose state has no recording.
        int second = OnThread(recorded.Run);
        Assert.Equal(Enumerable.Repeat((false, second), RecordedRuns.WarmUpRuns), runs);
        runs.Clear();
        // Once frames run, other work may be on the device, so no other thread records.
        recorded.Run();
        Assert.Equal([(true, first)], runs);
    }

    [Fact]
    public void Recording_Is_replayed_once_a_frame_on_the_thread_that_made_it()
    {
        int replays = 0, plain = 0;
        RecordedRuns recorded = new(() => replays++, () => plain++);
        recorded.WarmUp();
        for (int i = 0; i < 3; i++)
            recorded.Run();
        OnThread(recorded.Run);
        recorded.Run();
        Assert.Equal((RecordedRuns.WarmUpRuns + 4, 1), (replays, plain));
    }

    private static int OnThread(Action work)
    {
        int id = 0;
        Thread thread = new(() =>
        {
            id = Environment.CurrentManagedThreadId;
            work();
        });
        thread.Start();
        thread.Join();
        return id;
    }
}
