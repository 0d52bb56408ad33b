using System.Runtime.CompilerServices;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Training.Tests;
using TorchSharp;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(TorchFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)] // networks share torch's generator, and memory

namespace EdgeSimToReal.Training.Tests;

/// <summary>Convolutions as the trainer computes them on this machine; one thread, since on a busy machine more are many times slower.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => torch.set_num_threads(1);

    // Before the test host's own start: the self-check runs in a child that is this program again.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void ChooseConvolutions() => TorchComputing.Choose();
}
