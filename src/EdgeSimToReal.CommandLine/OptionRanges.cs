using System.CommandLine;
using System.Globalization;

namespace EdgeSimToReal.CommandLine;

/// <summary>Ranges of numeric options, so that a wrong number is told as a mistake of the command line.</summary>
public static class OptionRanges
{
    /// <summary>Refuses numbers below a bound.</summary>
    /// <param name="option">An option with a number.</param>
    /// <param name="least">The least number.</param>
    public static TOption AtLeast<TOption, T>(this TOption option, T least)
        where TOption : Option
        where T : struct, IParsable<T>, IComparable<T> =>
        option.Check<TOption, T>(value => value.CompareTo(least) >= 0, string.Create(CultureInfo.InvariantCulture, $"at least {least}"));

    /// <summary>Refuses numbers outside a range.</summary>
    /// <param name="option">An option with a number.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The greatest number.</param>
    public static TOption Between<TOption, T>(this TOption option, T least, T most)
        where TOption : Option
        where T : struct, IParsable<T>, IComparable<T> =>
        option.Check<TOption, T>(value => value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0,
            string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"));

    private static TOption Check<TOption, T>(this TOption option, Func<T, bool> isValid, string range)
        where TOption : Option
        where T : struct, IParsable<T>
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(T.TryParse(token.Value, CultureInfo.InvariantCulture, out T value) && isValid(value)))
                result.AddError($"{option.Name} is {token.Value}. Give a number {range}.");
        });
        return option;
    }
}
