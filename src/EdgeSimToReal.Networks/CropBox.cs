namespace EdgeSimToReal.Networks;

/// <summary>Where a patch is cut out of an image, in units of half the image's sides: -1 and 1 are its borders.</summary>
/// <param name="Width">Half the patch's width in these units, i.e. its share of the image's width, above 0, at most 1.</param>
/// <param name="Height">The same for its height.</param>
/// <param name="CenterX">The patch's centre, from -(1 - width) to 1 - width, so that it lies in the image.</param>
/// <param name="CenterY">The same vertically.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
public readonly record struct CropBox(double Width, double Height, double CenterX, double CenterY, bool Mirrored)
{
    /// <summary>The least share of an image's side that a random patch covers (LC-SAE report, table 4.2: 1/8 to 1/4).</summary>
    public const double LeastSide = 0.125;

    /// <summary>The greatest share.</summary>
    public const double GreatestSide = 0.25;

    /// <summary>Draws a box: width, height and centre independently uniform, mirrored half of the time.</summary>
    /// <param name="random">The source; five numbers are drawn.</param>
    public static CropBox Draw(Random random)
    {
        double width = LeastSide + ((GreatestSide - LeastSide) * random.NextDouble());
        double height = LeastSide + ((GreatestSide - LeastSide) * random.NextDouble());
        double x = ((2 * random.NextDouble()) - 1) * (1 - width), y = ((2 * random.NextDouble()) - 1) * (1 - height);
        return new CropBox(width, height, x, y, random.NextDouble() < 0.5);
    }

    /// <summary>Draws several boxes.</summary>
    /// <param name="random">The source.</param>
    /// <param name="count">How many.</param>
    public static CropBox[] Draw(Random random, int count)
    {
        CropBox[] boxes = new CropBox[count];
        for (int i = 0; i < count; i++)
            boxes[i] = Draw(random);
        return boxes;
    }
}
