using System.Globalization;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>A convolution that came out wrong.</summary>
/// <param name="Convolution">Which one, for people.</param>
/// <param name="Pass">"forward", "gradient" or "second gradient".</param>
/// <param name="Error">The L2 norm of the difference over the reference's; NaN where the result is not finite.</param>
internal sealed record ConvolutionFault(string Convolution, string Pass, double Error)
{
    /// <summary>One phrase, e.g. "3x3, 23 to 32 channels: forward off by 43 %".</summary>
    public string Text => double.IsFinite(Error)
        ? string.Create(CultureInfo.InvariantCulture, $"{Convolution}: {Pass} off by {100 * Error:G2} %") : $"{Convolution}: {Pass} not finite";
}
