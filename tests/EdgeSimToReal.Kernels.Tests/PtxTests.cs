using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Cuda;
using ILGPU.Runtime.Cuda;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>What the runtime carries: PTX of every kernel for every target, as this source gives it, and arguments that fit.</summary>
public sealed class PtxTests
{
    public static TheoryData<string> Targets => ["sm_75", "sm_80"];

    [Fact]
    public void Manifest_Names_every_kernel_and_target()
    {
        Assert.Equal(PtxCompiler.Kernels.Select(kernel => kernel.Name), KernelManifest.Embedded.Kernels.Select(kernel => kernel.Name));
        Assert.Equal(
            ["ArgMaxHalf", "ArgMaxSingle", "Classify", "Confusion", "FinishHalf", "FinishSingle", "Likelihood", "MarkChanges", "ObjectCells",
                "Overlay", "PrepareHalf", "PrepareSingle", "Remap"],
            KernelManifest.Embedded.Kernels.Select(kernel => kernel.Name));
        Assert.Equal(Targets.Select(row => row.Data), KernelManifest.Embedded.Targets.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Ptx_Has_its_target_and_each_entry_once(string target)
    {
        string[] lines = KernelManifest.Embedded.ReadPtx(target).Split('\n');
        Assert.Single(lines, $".target {target}");
        Assert.Single(lines, ".version 7.0");
        Assert.Equal(KernelManifest.Embedded.Kernels.Select(kernel => $".visible .entry {kernel.Name}("),
            lines.Where(line => line.Contains(".entry", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Compilation_Gives_the_same_text_each_time_and_what_is_embedded(string target)
    {
        CudaArchitecture architecture = PtxCompiler.Targets.Single(t => t.ToString().Equals(target, StringComparison.OrdinalIgnoreCase));
        string first = PtxCompiler.Compile(architecture);
        Assert.Equal(first, PtxCompiler.Compile(architecture));
        Assert.Equal(first, KernelManifest.Embedded.ReadPtx(target));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Arithmetic_Is_rounded_as_on_the_CPU(string target)
    {
        string ptx = KernelManifest.Embedded.ReadPtx(target);
        Assert.Contains("fma.rn.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("cvt.rn.f16.f32", ptx, StringComparison.Ordinal);
        // fp64 is slow on most GPUs, memory of a thread's own is slow on all, and a call would mean that an intrinsic was not taken.
        Assert.DoesNotContain(".f64", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("call", ptx, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PrepareSingle", typeof(ResampleArguments))]
    [InlineData("PrepareHalf", typeof(ResampleArguments))]
    [InlineData("FinishSingle", typeof(ResampleArguments))]
    [InlineData("FinishHalf", typeof(ResampleArguments))]
    [InlineData("Remap", typeof(RemapArguments))]
    [InlineData("ArgMaxSingle", typeof(ArgMaxArguments))]
    [InlineData("ArgMaxHalf", typeof(ArgMaxArguments))]
    [InlineData("Confusion", typeof(ConfusionArguments))]
    [InlineData("Overlay", typeof(OverlayArguments))]
    [InlineData("Classify", typeof(ClassifyArguments))]
    [InlineData("MarkChanges", typeof(MarkChangesArguments))]
    [InlineData("Likelihood", typeof(LikelihoodArguments))]
    [InlineData("ObjectCells", typeof(ObjectCellsArguments))]
    public void Arguments_Lie_where_the_kernel_expects_them(string kernel, Type arguments)
    {
        FieldInfo[] fields = [.. arguments.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).OrderBy(field => field.MetadataToken)];
        int start = 0;
        List<(int Offset, int Size)> layout = [];
        foreach (FieldInfo field in fields)
        {
            bool view = field.FieldType == typeof(DeviceView);
            Assert.True(view || field.FieldType == typeof(int), field.Name);
            (int size, int alignment) = view ? (Unsafe.SizeOf<DeviceView>(), 8) : (4, 4);
            start = (start + alignment - 1) / alignment * alignment;
            // The marshaller's layout of such a structure is the memory's.
            Assert.Equal(start, (int)Marshal.OffsetOf(arguments, field.Name));
            layout.Add((start, size));
            start += size;
        }
        Assert.Equal(KernelManifest.Embedded[kernel].Parameters.Select(parameter => (parameter.Offset, parameter.Size)), layout);
    }

    [Theory]
    [InlineData(70, null)]
    [InlineData(75, "sm_75")]
    [InlineData(80, "sm_80")]
    [InlineData(90, "sm_80")]
    [InlineData(120, "sm_80")]
    public void Device_Gets_the_newest_target_that_it_can_run(int computeCapability, string? target) =>
        Assert.Equal(target, KernelManifest.Embedded.TargetFor(computeCapability));
}
