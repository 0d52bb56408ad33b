using EdgeSimToReal.Training.Tests;
using TorchSharp;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(TorchFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)] // networks share torch's generator, and memory

namespace EdgeSimToReal.Training.Tests;

/// <summary>One thread for torch: on a busy machine more are many times slower.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => torch.set_num_threads(1);
}
