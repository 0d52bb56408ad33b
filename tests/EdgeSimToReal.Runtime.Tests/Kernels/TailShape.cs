using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>Sizes of a random case, and which optional inputs it has.</summary>
internal sealed record TailShape(int Batch, int Channels, int Height, int Width, bool Noise, int Skip)
{
    /// <summary>Small odd sizes mostly; some cases are wider than the kernels' column tiles or as high as several row blocks.</summary>
    private static readonly Gen<TailShape> Cases =
        from batch in Gen.Choose(1, 2)
        from channels in Gen.Choose(1, 5)
        from height in Gen.Frequency((4, Gen.Choose(1, 24)), (1, Gen.Choose(60, 90)))
        from width in Gen.Frequency((4, Gen.Choose(1, 70)), (1, Gen.Choose(505, 530)))
        from noise in Gen.Choose(0, 1)
        from skip in Gen.Choose(0, 2)
        select new TailShape(batch, channels, height, width, noise == 1, skip);

    public int Planes => Batch * Channels;

    /// <summary>Checks a property on 30 cases, the same ones in each run.</summary>
    public static void ForAll(Action<TailShape> property) => Prop.ForAll(Cases.ToArbitrary(), property)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd(20261123, 7), FSharpOption<int>.None)));
}
