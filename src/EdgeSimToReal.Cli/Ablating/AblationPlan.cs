using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Ablation;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>What to train and to compare: variants by name and a grid of settings, each with every seed, and one way to evaluate.</summary>
/// <remarks>Paths are relative to the working directory, as those of the trainer's configuration are.</remarks>
public sealed record AblationPlan
{
    private const string SeedKey = "seed";
    private const string OuterKey = "weights.outer";
    private const string InnerKey = "weights.inner";
    private const string NameMarks = "-_.=,+";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The report's title.</summary>
    public string Title { get; init; } = "Ablation";

    /// <summary>The trainer's preset, which everything else changes.</summary>
    public string Preset { get; init; } = "paper";

    /// <summary>The trainer's configuration file, the same for all; null: none.</summary>
    public string? Config { get; init; }

    /// <summary>Keys of the trainer's configuration with their values, for all variants.</summary>
    public IReadOnlyDictionary<string, JsonElement> Set { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Seeds; every variant is trained once with each.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1];

    /// <summary>Variants by name.</summary>
    public IReadOnlyList<PlanVariant> Variants { get; init; } = [];

    /// <summary>Keys of the trainer's configuration, each with the values it takes: every combination is a variant.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; init; } =
        new Dictionary<string, IReadOnlyList<JsonElement>>();

    /// <summary>How each is evaluated.</summary>
    public required PlanEvaluation Evaluation { get; init; }

    /// <summary>Pictures; none: the best variant beside the baseline.</summary>
    public IReadOnlyList<PlanFigure> Figures { get; init; } = [];

    /// <summary>The file's text.</summary>
    [JsonIgnore]
    public string Text { get; private init; } = "";

    /// <summary>Reads a plan and checks what can be checked without the trainer.</summary>
    /// <param name="path">A JSON file.</param>
    /// <exception cref="EdgeSimException">It can't be read, or says what can't be.</exception>
    public static AblationPlan Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            AblationPlan plan = JsonSerializer.Deserialize<AblationPlan>(text, Json) ?? throw new JsonException("it is null");
            plan.Validate();
            return plan with { Text = text };
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"'{path}' is no plan: {error.Message.TrimEnd('.')}.", "The README has one that works.",
                ExitCode.BadInput, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the plan '{path}': {error.Message.TrimEnd('.')}.", "Give a JSON file.",
                ExitCode.BadInput, error);
        }
    }

    /// <summary>All variants: the named ones, then the grid's in the order of its keys, the last one's values changing first.</summary>
    public IReadOnlyList<GridVariant> Expand()
    {
        List<GridVariant> all = [.. Variants.Select(Named)];
        if (Grid.Count == 0)
            return all;
        List<(string Key, JsonElement Value)[]> points = [[]];
        foreach ((string key, IReadOnlyList<JsonElement> values) in Grid)
            points = [.. points.SelectMany(point => values.Select(value => point.Append((key, value)).ToArray()))];
        all.AddRange(points.Select(Point));
        return all;
    }

    private GridVariant Named(PlanVariant variant) => new(variant.Name, variant.Preset ?? Preset, Merge(variant.Set.Select(Pair)),
        variant.Paper is { } row ? PaperTable.Find(row.Outer, row.Inner) : null);

    private GridVariant Point((string Key, JsonElement Value)[] point)
    {
        string[] settings = Merge(point);
        string name = string.Join(',', point.Select(pair => $"{Brief(pair.Key)}={ValueText(pair.Value)}"));
        return new GridVariant(string.Concat(name.Select(c => IsNameCharacter(c) ? c : '_')), Preset, settings,
            Weight(settings, OuterKey) is { } outer && Weight(settings, InnerKey) is { } inner ? PaperTable.Find(outer, inner) : null);
    }

    // "outer" for "weights.outer" where no other key of the grid ends so.
    private string Brief(string key)
    {
        string last = key[(key.LastIndexOf('.') + 1)..];
        return Grid.Keys.Count(other => other[(other.LastIndexOf('.') + 1)..] == last) == 1 ? last : key;
    }

    private string[] Merge(IEnumerable<(string Key, JsonElement Value)> own)
    {
        List<(string Key, JsonElement Value)> all = [.. Set.Select(Pair)];
        foreach ((string Key, JsonElement) pair in own)
        {
            all.RemoveAll(other => other.Key == pair.Key);
            all.Add(pair);
        }
        return [.. all.Select(pair => $"{pair.Key}={ValueText(pair.Value)}")];
    }

    private static (string Key, JsonElement Value) Pair(KeyValuePair<string, JsonElement> pair) => (pair.Key, pair.Value);

    private static string ValueText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : JsonSerializer.Serialize(value, Json);

    private static double? Weight(IEnumerable<string> settings, string key) =>
        settings.Where(setting => setting.StartsWith(key + "=", StringComparison.Ordinal))
            .Select(setting => double.TryParse(setting[(key.Length + 1)..], CultureInfo.InvariantCulture, out double value)
                ? value : (double?)null)
            .LastOrDefault();

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || NameMarks.Contains(c, StringComparison.Ordinal);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 100 && name.All(IsNameCharacter) && name[0] is not ('.' or '-');

    private void Validate()
    {
        // The reader lets null through as an element of lists.
        Require(Variants.All(variant => variant is not null) && Grid.Values.All(values => values is not null)
            && Figures.All(figure => figure is not null), "The plan has a null among its variants, figures or the grid's values.",
            "Leave it out.");
        Evaluation.Validate();
        Require(Seeds.Count > 0 && Seeds.Distinct().Count() == Seeds.Count, "The plan has no seed, or one twice.", "Give different seeds.");
        CheckKeys(Set.Keys.Concat(Grid.Keys).Concat(Variants.SelectMany(variant => variant.Set.Keys)));
        foreach ((string key, IReadOnlyList<JsonElement> values) in Grid)
        {
            Require(values.Count > 0, $"The plan's grid has no value for '{key}'.", "Give at least one.");
            Require(values.All(value => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)),
                $"The plan's grid has a value for '{key}' that is no number, text, true or false.", "Name a variant for it instead.");
        }
        foreach (PlanVariant variant in Variants)
        {
            Require(IsName(variant.Name), $"'{variant.Name}' can't be a variant's name.",
                $"Use letters, digits and any of {NameMarks}; it becomes a folder's.");
            Require(variant.Paper is not { } row || PaperTable.Find(row.Outer, row.Inner) is not null,
                $"The paper's table 4.3 has no row for what variant '{variant.Name}' names.",
                $"Its rows (outer, inner): {string.Join("; ", PaperTable.Rows.Select(r => Invariant($"{r.Outer}, {r.Inner}")))}.");
        }
        IReadOnlyList<GridVariant> all = Expand();
        Require(all.Count > 0, "The plan has neither variants nor a grid.", "Name what is compared.");
        if (Twice(all, variant => variant.Name.ToUpperInvariant()) is { } name)
            throw new EdgeSimException($"Two variants of the plan have the name '{name}'.", "Give each its own.");
        if (Twice(all, Identity) is { } same)
            throw new EdgeSimException($"Variant '{same}' of the plan has the settings of another one.", "Leave it out, or change one.");
        foreach (PlanFigure figure in Figures)
        {
            Require(IsName(figure.Name), $"'{figure.Name}' can't be a figure's name.", $"Use letters, digits and any of {NameMarks}.");
            foreach (string variant in new[] { figure.Baseline, figure.Ours })
            {
                Require(all.Any(known => known.Name == variant),
                    $"Figure '{figure.Name}' of the plan shows the variant '{variant}', which is none.",
                    $"Variants: {string.Join("; ", all.Select(known => known.Name))}.");
            }
            Require(figure.Frames.All(frame => frame >= 0), $"Figure '{figure.Name}' of the plan shows a frame below 0.", "Count from 0.");
        }
        Require(Figures.DistinctBy(figure => figure.Name).Count() == Figures.Count, "Two figures of the plan have one name.",
            "Give each its own.");

        static string Identity(GridVariant variant) =>
            string.Join('\n', variant.Settings.Order(StringComparer.Ordinal).Prepend(variant.Preset));
    }

    private static void CheckKeys(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            Require(key.Length > 0 && !key.Contains('=', StringComparison.Ordinal), $"'{key}' of the plan can't be a key.",
                "Write it as the trainer does, e.g. weights.outer.");
            Require(key != SeedKey, "The plan sets 'seed' among its keys.", "Give \"seeds\" instead.");
        }
    }

    private static string? Twice(IEnumerable<GridVariant> variants, Func<GridVariant, string> key) =>
        variants.GroupBy(key).FirstOrDefault(group => group.Count() > 1)?.Last().Name;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Require(bool condition, string what, string mend)
    {
        if (!condition)
            throw new EdgeSimException(what, mend);
    }
}
