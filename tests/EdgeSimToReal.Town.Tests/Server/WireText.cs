using System.Globalization;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>A decoded message as one line, for messages of failed tests.</summary>
internal static class WireText
{
    public static string Of(object? tree) => tree switch
    {
        null => "nil",
        object?[] items => $"[{string.Join(", ", items.Select(Of))}]",
        string text => $"'{(text.Length > 80 ? text[..80] + "..." : text)}'",
        byte[] bytes => $"bin{bytes.Length}",
        _ => Convert.ToString(tree, CultureInfo.InvariantCulture)!,
    };
}
