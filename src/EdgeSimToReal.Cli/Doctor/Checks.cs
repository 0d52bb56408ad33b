using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.Cli.Training;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Machine;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Reports;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Cli.Doctor;

/// <summary>
/// The checks of `edgesim doctor`, each one really done: libraries are loaded, a video is written, the model is verified.
/// </summary>
public static class Checks
{
    public static IEnumerable<Finding> All() =>
    [
        Guarded("processor", Processor),
        Guarded("caches", Caches),
        Guarded("threads", Threads),
        Guarded("ONNX Runtime", OnnxRuntime),
        Guarded("native operators", NativeOperators),
        Guarded("convolution library", ConvolutionLibrary),
        Guarded("OpenCV", () => new Finding("OpenCV", Verdict.Good, OpenCvRuntime.Version)),
        Guarded("video encoder", VideoEncoder),
        Guarded("GPU", Gpu),
        .. Training(),
        Guarded("model", Model),
        Guarded("bake cache", Cache),
    ];

    private static Finding Guarded(string check, Func<Finding> run)
    {
        try
        {
            return run();
        }
        catch (EdgeSimException error)
        {
            return new Finding(check, Verdict.Missing, error.Message);
        }
        catch (Exception error)
        {
            return new Finding(check, Verdict.Missing, error.Message.Split('\n')[0]);
        }
    }

    private static Finding Processor()
    {
        MachineInfo machine = MachineInfo.Current;
        bool vectors = machine.Instructions.Contains("avx2", StringComparison.Ordinal);
        return new Finding("processor", vectors ? Verdict.Good : Verdict.Optional,
            $"{machine.Processor}, {machine.LogicalCores} cores, {(machine.Instructions.Length > 0 ? machine.Instructions : "no AVX2")}",
            vectors ? null : "It works, but slowly: a processor with AVX2 or AVX-512 is several times faster.");
    }

    private static Finding Caches()
    {
        ProcessorCaches caches = ProcessorCaches.Read();
        return new Finding("caches", caches.AreVisible ? Verdict.Good : Verdict.Optional, caches.Text,
            caches.AreVisible ? null : "Let the virtual machine pass the host's CPUID on; training then need not do without oneDNN.");
    }

    private static Finding Threads() =>
        new("threads", Verdict.Good, $"{FreeCores.Measure()} of {Environment.ProcessorCount} cores are free");

    private static Finding ConvolutionLibrary() => Bf16Support.ConvolutionLibrary switch
    {
        null => new Finding("convolution library", Verdict.Optional, "none, without native operators", "tools/build-kernels.sh"),
        ['n', 'o', 'n', 'e', ..] and var none => new Finding("convolution library", Verdict.Optional, $"{none}; the native operators' own kernels serve",
            "On processors with AMX: apt-get install libdnnl-dev, then tools/build-kernels.sh."),
        var name => new Finding("convolution library", Verdict.Good, $"{name} beside the native operators' own kernels"),
    };

    /// <summary>How edgesim-train would compute here, as it says itself; one line where it is not installed.</summary>
    private static IEnumerable<Finding> Training()
    {
        Finding[] findings;
        try
        {
            TrainerResult result = TrainerProcess.Run(["check", "--json"], null, null, CancellationToken.None);
            findings = result.Code == ExitCode.Ok
                ? [.. JsonSerializer.Deserialize(result.Output, DoctorJson.Default.StringArray)!.Select(line => line.Split(": ", 2))
                    .Where(parts => parts is [not ("caches" or "threads"), _])
                    .Select(parts => new Finding($"training: {parts[0]}", parts[1].Contains("is off", StringComparison.Ordinal)
                        ? Verdict.Optional : Verdict.Good, parts[1]))]
                : [new Finding("training", Verdict.Missing, result.Error, "Build edgesim-train again.")];
        }
        catch (EdgeSimException error)
        {
            findings = [new Finding("training", Verdict.Optional, error.Message)];
        }
        return findings;
    }

    private static Finding OnnxRuntime() =>
        new("ONNX Runtime", Verdict.Good,
            $"{OrtEnv.Instance().GetVersionString()}: {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}");

    private static Finding NativeOperators() => CustomOps.TryLocate() is { } path
        ? new Finding("native operators", Verdict.Good, path)
        : new Finding("native operators", Verdict.Optional, "not built; the standard operators serve, more slowly",
            "tools/build-kernels.sh");

    private static Finding VideoEncoder()
    {
        string folder = Directory.CreateTempSubdirectory("edgesim-doctor-").FullName;
        try
        {
            string path = Path.Combine(folder, "probe.mp4");
            Frame frame = new(64, 32);
            using (VideoSink sink = new(path, 10))
            {
                for (int i = 0; i < 3; i++)
                    sink.Write(frame, frame);
                sink.Complete();
            }
            return new Finding("video encoder", Verdict.Good, "mp4 can be written");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Finding Gpu()
    {
        bool driver = NativeLibrary.TryLoad("libcuda.so.1", out nint handle);
        if (driver)
            NativeLibrary.Free(handle);
        bool provider = OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider");
        return (driver, provider) switch
        {
            (true, true) => DeviceChoice.Make(LiveDevice.Auto) is { Device: LiveDevice.Cpu, Reason: var reason }
                ? new Finding("GPU", Verdict.Optional, reason)
                : new Finding("GPU", Verdict.Good, CudaProbe.Run()),
            (true, false) => new Finding("GPU", Verdict.Optional, "NVIDIA driver, but this build carries ONNX Runtime for the CPU",
                "dotnet build -c Release -p:OrtGpu=cuda"),
            _ => new Finding("GPU", Verdict.Optional, "no NVIDIA driver; the CPU is used"),
        };
    }

    private static Finding Model()
    {
        ModelBundle bundle = ModelBundle.Load(ModelLocator.Default);
        return new Finding("model", Verdict.Good, $"{bundle.Manifest.Name} ({bundle.Manifest.Preset}), verified");
    }

    private static Finding Cache()
    {
        string folder = StyleBaker.DefaultCacheFolder;
        string probe = Path.Combine(folder, "probe.txt");
        try
        {
            AtomicFile.WriteText(probe, "probe");
            File.Delete(probe);
            return new Finding("bake cache", Verdict.Good, $"{Directory.GetFiles(folder, "*.live").Length} baked graphs in {folder}");
        }
        catch (EdgeSimException error)
        {
            return new Finding("bake cache", Verdict.Optional, error.Message,
                "Set XDG_CACHE_HOME to a writable folder; each start bakes anew until then.");
        }
    }
}
