using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;
using ILGPU;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>Does the work of the fake driver's launches, on ILGPU's CPU accelerator and with the arguments that arrived.</summary>
internal sealed unsafe class MockKernels : IDisposable
{
    private readonly CpuAcceleratorDevice _device = new();
    private Exception? _error;

    public MockKernels(MockCuda mock) => mock.OnLaunch(Run);

    public void Dispose()
    {
        _device.Dispose();
        Assert.Null(_error);
    }

    // Called from native code, through which no exception may pass.
    private void Run(nint name, nint grid, nint group, uint sharedBytes, nint parameters)
    {
        try
        {
            Run(Marshal.PtrToStringUTF8(name)!, (void**)parameters, sharedBytes);
        }
        catch (Exception error)
        {
            _error ??= error;
        }
    }

    private void Run(string kernel, void** p, uint sharedBytes)
    {
        switch (kernel)
        {
            case "PrepareSingle":
                Resample<uint, float>(p, FrameKernels.PrepareSingle);
                break;
            case "PrepareHalf":
                Resample<uint, ushort>(p, FrameKernels.PrepareHalf);
                break;
            case "FinishSingle":
                Resample<float, uint>(p, FrameKernels.FinishSingle);
                break;
            case "FinishHalf":
                Resample<ushort, uint>(p, FrameKernels.FinishHalf);
                break;
            case "Remap":
                _device.Remap(Read<byte>(p[0]), Read<byte>(p[1])).CopyTo(View<byte>(p[2]));
                break;
            case "ArgMaxSingle":
                _device.ArgMaxSingle(Read<float>(p[0]), Number(p[1])).CopyTo(View<byte>(p[2]));
                break;
            case "ArgMaxHalf":
                _device.ArgMaxHalf(Read<ushort>(p[0]), Number(p[1])).CopyTo(View<byte>(p[2]));
                break;
            case "Confusion":
                int classes = Number(p[2]);
                Assert.Equal((uint)(classes * (classes + 1) * sizeof(int)), sharedBytes);
                _device.Confusion(Read<byte>(p[0]), Read<byte>(p[1]), classes, Read<int>(p[3])).CopyTo(View<int>(p[3]));
                break;
            case "Overlay":
                byte[] overlaid = _device.Overlay(
                    MemoryMarshal.AsBytes(View<uint>(p[0])).ToArray(), Read<byte>(p[1]), Read<uint>(p[2]), Number(p[3]));
                overlaid.CopyTo(MemoryMarshal.AsBytes(View<uint>(p[4])));
                break;
            case "Classify":
                (byte[] best, float[] logSum) = _device.Classify(Read<float>(p[0]), Number(p[1]));
                best.CopyTo(View<byte>(p[2]));
                logSum.CopyTo(View<float>(p[3]));
                break;
            case "MarkChanges":
                PixelRectangle picture = new(Number(p[2]), Number(p[3]), Number(p[4]) - Number(p[2]), Number(p[5]) - Number(p[3]));
                _device.MarkChanges(Read<byte>(p[0]), Number(p[1]), picture, Number(p[6])).CopyTo(View<byte>(p[7]));
                break;
            case "Likelihood":
                long[] sums = Read<long>(p[9]);
                Assert.Equal((uint)(sums.Length * sizeof(long)), sharedBytes);
                Assert.Equal(Number(p[6]) * ReadingKernels.Sums, sums.Length);
                _device.Likelihood(Read<byte>(p[0]), Read<byte>(p[1]), Number(p[2]), Number(p[3]), Number(p[4]), Number(p[5]),
                    Read<float>(p[7]), Read<float>(p[8]), sums).CopyTo(View<long>(p[9]));
                break;
            case "ObjectCells":
                _device.ObjectCells(Read<byte>(p[0]), Number(p[1]), Number(p[2]), Number(p[3]), Read<byte>(p[4]), Read<float>(p[5]),
                    Read<float>(p[6])).CopyTo(View<float>(p[7]));
                break;
            default:
                Assert.Fail($"There is no kernel {kernel}.");
                break;
        }
    }

    private void Resample<TSource, TTarget>(void** p,
        Action<ArrayView<TSource>, int, ArrayView<int>, ArrayView<float>, int, ArrayView<int>, ArrayView<float>, int,
            ArrayView<TTarget>> kernel)
        where TSource : unmanaged
        where TTarget : unmanaged
    {
        Span<TTarget> target = View<TTarget>(p[8]);
        _device.Resample(Read<TSource>(p[0]), Number(p[1]), Read<int>(p[2]), Read<float>(p[3]), Number(p[4]), Read<int>(p[5]),
            Read<float>(p[6]), Number(p[7]), target.Length, kernel).CopyTo(target);
    }

    private static int Number(void* parameter) => *(int*)parameter;

    private static Span<T> View<T>(void* parameter)
        where T : unmanaged
    {
        DeviceView view = *(DeviceView*)parameter;
        return new Span<T>((void*)view.Address, (int)view.Length);
    }

    private static T[] Read<T>(void* parameter)
        where T : unmanaged => View<T>(parameter).ToArray();
}
