namespace EdgeSimToReal.Training.Data;

/// <summary>Which image of which set each draw takes: a function of the draw's number alone.</summary>
/// <remarks>
/// Draws are spread over the sets evenly by their weights: of any first n draws, each set has its share of n to within the number of sets.
/// Within a set, each epoch is a shuffle of its own, without replacement. Counts follow from the draw's number without looking at earlier
/// draws, so a resumed stream starts anywhere at once. Not safe to use from several threads.
/// </remarks>
internal sealed class SampleOrder
{
    private const int ShareBits = 32;

    private readonly IReadOnlyList<ImageSet> _sets;
    private readonly BatchOptions _options;
    private readonly ulong[] _shares; // each set's share of the draws that the sets before it leave, in 2^-32
    private readonly (long Epoch, int[] Order)[] _epochs;

    public SampleOrder(IReadOnlyList<ImageSet> sets, BatchOptions options)
    {
        (_sets, _options) = (sets, options);
        _shares = new ulong[sets.Count];
        _epochs = [.. sets.Select(set => (-1L, Enumerable.Range(0, set.Items.Count).ToArray()))];
        double rest = 0;
        for (int s = sets.Count - 1; s >= 0; s--)
        {
            rest += sets[s].Weight;
            _shares[s] = (ulong)Math.Round(sets[s].Weight / rest * (1L << ShareBits));
        }
    }

    /// <summary>The set and the item of a draw.</summary>
    /// <param name="draw">The draw's number, from 0.</param>
    /// <returns>Indices of the set and of the item in it.</returns>
    public (int Set, int Item) this[long draw]
    {
        get
        {
            int set = 0;
            while (set < _shares.Length - 1)
            {
                // Whole numbers, so that counts are exact however far the run is.
                long before = Count(draw, _shares[set]);
                if (Count(draw + 1, _shares[set]) > before)
                {
                    draw = before;
                    break;
                }
                draw -= before;
                set++;
            }
            int items = _sets[set].Items.Count;
            return (set, Order(set, draw / items)[(int)(draw % items)]);
        }
    }

    private static long Count(long draws, ulong share) => (long)(((UInt128)draws * share) >> ShareBits);

    private int[] Order(int set, long epoch)
    {
        (long current, int[] order) = _epochs[set];
        if (current != epoch)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = i;
            new SplitMix64(StepSeed.Of(_options.Seed, epoch, $"{_options.Purpose}/order/{set}")).Shuffle(order.AsSpan());
            _epochs[set] = (epoch, order);
        }
        return order;
    }
}
