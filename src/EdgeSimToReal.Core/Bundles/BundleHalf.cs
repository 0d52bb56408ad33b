namespace EdgeSimToReal.Core.Bundles;

/// <summary>How a bundle runs in fp16 without artefacts, and how that was measured.</summary>
public sealed record BundleHalf
{
    /// <summary>Layers of the live graph that stay in fp32.</summary>
    public required IReadOnlyList<string> Single { get; init; }

    /// <summary>PSNR to the fp32 picture in dB, the least of all frames and textures.</summary>
    public required double Psnr { get; init; }

    /// <summary>The same of the worst block of 16×16 pixels.</summary>
    public required double WorstBlock { get; init; }

    /// <summary>The largest magnitude of any value that is stored in fp16, which holds 65504.</summary>
    public required double Peak { get; init; }

    /// <summary>Frames that it was measured with.</summary>
    public required int Frames { get; init; }

    /// <summary>Textures that it was measured with.</summary>
    public required string Textures { get; init; }

    /// <summary>The picture's width.</summary>
    public required int Width { get; init; }

    /// <summary>The picture's height.</summary>
    public required int Height { get; init; }
}
