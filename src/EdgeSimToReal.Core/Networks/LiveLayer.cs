namespace EdgeSimToReal.Core.Networks;

/// <summary>A layer of the live graph, as far as its cost goes.</summary>
/// <param name="Positions">Positions that it computes; those of a transposed convolution are its input's.</param>
/// <param name="Input">Input channels of each output channel; 1 for the FIR filters.</param>
/// <param name="Output">Output channels.</param>
/// <param name="Taps">Kernel positions.</param>
public readonly record struct LiveLayer(double Positions, int Input, int Output, int Taps)
{
    /// <summary>Multiply-accumulates of a frame.</summary>
    public long MultiplyAccumulates => (long)(Positions * Input * Output * Taps);

    /// <summary>Bytes that must be read and written: input, output and weights once; nothing for FIR filters, which neighbours can do.</summary>
    /// <param name="element">Bytes of a value.</param>
    public long Bytes(int element) => Input == 1 ? 0 : (long)(element * ((Positions * (Input + Output)) + ((double)Input * Output * Taps)));
}
