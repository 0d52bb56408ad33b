using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.GpuCheck;

/// <summary>The parts of a frame's way, by events on the device: upload, prepare, infer, finish, download.</summary>
internal static class StageProbe
{
    private const int Stages = 5;

    /// <summary>Measures them.</summary>
    /// <param name="translator">A translator in latency mode, whose network and stream are used.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="frames">How often.</param>
    public static Spread[] Measure(CudaLiveTranslator translator, Frame frame, int frames)
    {
        CudaStream stream = translator.Stream;
        ICudaNetwork network = translator.Network;
        using CudaFrameSlot slot = new(translator.Gpu, translator.Module);
        slot.Fit(frame, network, FitPolicy.Exact, keep: false);
        slot.Stage(frame);
        CudaEvent[] events = [.. Enumerable.Range(0, Stages + 1).Select(_ => new CudaEvent(translator.Gpu, timing: true))];
        double[][] times = [.. Enumerable.Range(0, Stages).Select(_ => new double[frames])];
        try
        {
            for (int i = 0; i < frames; i++)
            {
                events[0].Record(stream);
                stream.Upload(slot.HostFrame, slot.Frame);
                events[1].Record(stream);
                slot.Converter.Prepare(stream, slot.Frame.View, network.Input);
                events[2].Record(stream);
                network.Run();
                events[3].Record(stream);
                slot.Converter.Finish(stream, network.Output, slot.Picture.View);
                events[4].Record(stream);
                stream.Download(slot.Picture, slot.HostPicture);
                events[5].Record(stream);
                stream.Synchronize();
                for (int stage = 0; stage < Stages; stage++)
                    times[stage][i] = events[stage + 1].MillisecondsSince(events[stage]);
            }
        }
        finally
        {
            foreach (CudaEvent item in events)
                item.Dispose();
        }
        return [.. times.Select(DeviceTime.Of)];
    }
}
