using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Reports;

namespace EdgeSimToReal.Evaluation;

/// <summary>From what was read to the report's figures and intervals.</summary>
internal sealed class ReportFigures(int replicates, int seed, int classes)
{
    // A distance costs a matrix decomposition a draw.
    private const int DistanceShare = 10;

    // Beyond this a draw of the Fréchet distance takes a second and more, and its interval is narrow.
    private const int MostImagesForDraws = 1000;

    public ReadingReport Reading(ImageSet set)
    {
        (ConfusionMatrix Confusion, double Nll)[] groups = set.ByGroup(classes);
        Estimate[] estimates = new Bootstrap(set.Groups, replicates, seed).Intervals(Statistics);
        ConfusionMatrix all = Sum([.. groups.Select(_ => 1)]).Confusion;
        return new ReadingReport(set.Name, set.Meaning, set.Count, estimates[0], estimates[1], estimates[2], estimates[3], estimates[4..],
            [.. Enumerable.Range(0, classes).Select(t => Enumerable.Range(0, classes + 1).Select(p => all[t, p]).ToArray())],
            [.. set.Textures.Select(texture => Texture(set, texture))]);

        double[] Statistics(IReadOnlyList<int> weights)
        {
            (ConfusionMatrix sum, double nll) = Sum(weights);
            return
            [
                sum.OverallAccuracy(), sum.MeanAccuracy(), sum.MeanIoU(), nll / sum.Total,
                .. Enumerable.Range(0, classes).Select(sum.IoU),
            ];
        }

        (ConfusionMatrix Confusion, double Nll) Sum(IReadOnlyList<int> weights)
        {
            ConfusionMatrix sum = new(classes);
            double nll = 0;
            for (int g = 0; g < groups.Length; g++)
            {
                for (int k = 0; k < weights[g]; k++)
                {
                    sum.Add(groups[g].Confusion);
                    nll += groups[g].Nll;
                }
            }
            return (sum, nll);
        }
    }

    /// <summary>A set's figures on average over its textures, and how far they are above those of another set of the same structures.</summary>
    public TextureMean TextureMean(ImageSet set, ImageSet raw)
    {
        string[] textures = [.. set.Textures];
        ConfusionMatrix[][] table = [.. textures.Select(texture => set.ByGroup(classes, texture))];
        ConfusionMatrix[] untranslated = [.. raw.ByGroup(classes).Select(group => group.Confusion)];
        Bootstrap bootstrap = new(set.Groups, replicates, seed);
        Estimate[] both = bootstrap.Crossed(textures.Length, Statistics, drawConditions: true);
        Estimate[] here = bootstrap.Crossed(textures.Length, Statistics, drawConditions: false);
        return new TextureMean(set.Name, textures.Length, both[0], both[1], both[2], here[2]);

        double[] Statistics(IReadOnlyList<int> groups, IReadOnlyList<int> drawn)
        {
            double meanIoU = 0, accuracy = 0;
            for (int t = 0; t < textures.Length; t++)
            {
                if (drawn[t] == 0)
                    continue;
                ConfusionMatrix sum = Weighted(table[t], groups);
                meanIoU += sum.MeanIoU() * drawn[t] / textures.Length;
                accuracy += sum.OverallAccuracy() * drawn[t] / textures.Length;
            }
            return [meanIoU, accuracy, meanIoU - Weighted(untranslated, groups).MeanIoU()];
        }

        ConfusionMatrix Weighted(ConfusionMatrix[] matrices, IReadOnlyList<int> weights)
        {
            ConfusionMatrix sum = new(classes);
            for (int g = 0; g < matrices.Length; g++)
            {
                for (int k = 0; k < weights[g]; k++)
                    sum.Add(matrices[g]);
            }
            return sum;
        }
    }

    public IReadOnlyList<DistanceReport> Distances(IReadOnlyList<ImageSet> sets, ImageSet real, ImageSet? other)
    {
        List<DistanceReport> reports = [];
        // A covariance needs two images.
        foreach ((string kind, FeatureSet reference) in real.Features.Where(features => features.Value.Count >= 2))
        {
            FrechetDistance frechet = new(reference); // half a minute for thousands of images and Inception's 2048 features
            foreach (ImageSet set in sets.Where(set => set.Count >= 2))
            {
                reports.Add(Distance(kind, set.Name, set.Features[kind], set.Groups, reference, frechet));
                FeatureSet[] textures = [.. set.TextureFeatures.Where(pair => pair.Key.Kind == kind).Select(pair => pair.Value)];
                if (textures.Length > 0 && textures.All(texture => texture.Count >= 2))
                    reports[^1].FrechetPerTexture = textures.Average(frechet.SquaredTo);
            }
            if (other is { Count: >= 2 })
            {
                reports.Add(Distance(kind, other.Name, other.Features[kind], other.Groups, reference, frechet));
            }
            else if (reference.Count >= 4)
            {
                FeatureSet half = reference.Half(0), rest = reference.Half(1);
                reports.Add(Distance(kind, "real, one half to the other", half, half.Count, rest, new FrechetDistance(rest)));
            }
        }
        return reports;
    }

    private DistanceReport Distance(string kind, string name, FeatureSet set, int groups, FeatureSet reference, FrechetDistance frechet)
    {
        KernelDistance kernel = new(set, reference);
        Bootstrap bootstrap = new(groups, replicates / DistanceShare, seed);
        (double mean, double deviation, int size) = kernel.Subsets(seed);
        return new DistanceReport(
            kind, name, set.Count, reference.Count, Frechet(), bootstrap.Interval(kernel.Unbiased), mean, deviation, size);

        Estimate Frechet()
        {
            double value = frechet.SquaredTo(set);
            return set.Count > MostImagesForDraws ? new Estimate(value)
                : bootstrap.Interval(frechet.Draws(set), recentre: true) with { Value = value };
        }
    }

    private TextureReading Texture(ImageSet set, string texture)
    {
        ConfusionMatrix confusion = set.OfTexture(classes, texture).Confusion;
        return new TextureReading(texture, Finite(confusion.OverallAccuracy()), Finite(confusion.MeanIoU()));

        static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }
}
