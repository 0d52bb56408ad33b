namespace EdgeSimToReal.Imaging;

/// <summary>Orders names as people do: runs of digits by their value, so that frame9 comes before frame10.</summary>
public sealed class NaturalOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static NaturalOrder Instance { get; } = new();

    private NaturalOrder()
    {
    }

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return Comparer<bool>.Default.Compare(x is not null, y is not null);
        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            int order;
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                ReadOnlySpan<char> a = TakeDigits(x, ref i), b = TakeDigits(y, ref j);
                order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
            }
            else
            {
                order = x[i++].CompareTo(y[j++]);
            }
            if (order != 0)
                return order;
        }
        int rest = (x.Length - i).CompareTo(y.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y); // 007 and 7: equal in value, not in name
    }

    /// <summary>The digits from a position on, without leading zeros.</summary>
    private static ReadOnlySpan<char> TakeDigits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
