using EdgeSimToReal.Cli.Ablating;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Ablation;
using EdgeSimToReal.Evaluation.Judging;

namespace EdgeSimToReal.Cli.Tests.Ablating;

public sealed class AblationPlanTests : IDisposable
{
    private const string Evaluation =
        """ "evaluation": { "judge": "j.onnx", "structures": "sim", "textures": ["a.jpg"], "real": "real" } """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AWholePlan_HasItsValues()
    {
        AblationPlan plan = Read("""
            {
              "title": "Weights", // comments and trailing commas are allowed
              "preset": "edge-small-data",
              "config": "lcsae.json",
              "set": { "images": 1000 },
              "seeds": [7, 8],
              "variants": [ { "name": "baseline", "set": { "mode": "sim2real" }, "paper": { "outer": 0, "inner": 0 } } ],
              "grid": { "weights.outer": [1, 3] },
              "evaluation": {
                "judge": "judge.onnx", "structures": "sim", "structureLabels": "carla23", "limit": 20, "textures": ["a.jpg", "b.jpg"],
                "real": "real", "realLabels": "camvid11", "fidPreprocessing": "clean-fid", "size": "256x128", "noise": false,
              },
              "figures": [ { "name": "figure-4.2", "baseline": "baseline", "ours": "outer=3", "frames": [0, 4] } ],
            }
            """);
        Assert.Equal(("Weights", "edge-small-data", "lcsae.json"), (plan.Title, plan.Preset, plan.Config));
        Assert.Equal([7ul, 8], plan.Seeds);
        Assert.Equal(["baseline", "outer=1", "outer=3"], plan.Expand().Select(variant => variant.Name));
        PlanEvaluation evaluation = plan.Evaluation;
        Assert.Equal((20, FidPreprocessing.CleanFid, false), (evaluation.Limit, evaluation.FidPreprocessing, evaluation.Noise));
        Assert.Equal([0, 4], Assert.Single(plan.Figures).Frames);
        Assert.Contains("// comments", plan.Text);
    }

    [Fact]
    public void Expand_AVariantsOwnKeys_ReplaceThePlans_AndComeAfterThem()
    {
        IReadOnlyList<GridVariant> variants = Read($$"""
            {
              "preset": "tiny",
              "set": { "weights.outer": 1, "images": 16 },
              "variants": [
                { "name": "a", "set": { "weights.outer": 3, "mode": "lcsae", "validation": { "frames": 2 }, "flip": true } },
                { "name": "b", "preset": "author-code", "paper": { "outer": 3, "inner": 0 } }
              ],
              {{Evaluation}}
            }
            """).Expand();
        Assert.Equal(["images=16", "weights.outer=3", "mode=lcsae", """validation={ "frames": 2 }""".Replace(" ", ""), "flip=true"],
            variants[0].Settings.Select(setting => setting.Replace(" ", "")));
        Assert.Equal(("tiny", null), (variants[0].Preset, variants[0].Paper));
        Assert.Equal(["weights.outer=1", "images=16"], variants[1].Settings);
        Assert.Equal(("author-code", PaperTable.Find(3, 0)), (variants[1].Preset, variants[1].Paper));
    }

    [Fact]
    public void Expand_AGrid_IsEveryCombination_WithThePapersRowWhereItHasOne()
    {
        IReadOnlyList<GridVariant> variants = Read($$"""
            { "grid": { "weights.outer": [0, 2.0, 1], "weights.inner": [0, 2], "outer.rampSteps": [5] }, {{Evaluation}} }
            """).Expand();
        Assert.Equal(6, variants.Count);
        Assert.Equal(["outer=0,inner=0,rampSteps=5", "outer=0,inner=2,rampSteps=5", "outer=2.0,inner=0,rampSteps=5"],
            variants.Take(3).Select(variant => variant.Name));
        Assert.Equal(["weights.outer=2.0", "weights.inner=2", "outer.rampSteps=5"], variants[3].Settings);
        Assert.Equal([(0, 0), null, null, (2, 2), (1, 0), null],
            variants.Select(variant => variant.Paper is { } row ? (row.Outer, row.Inner) : ((double, double)?)null));
        // Two keys that end alike are told apart, and what does not suit a folder's name is left out of it.
        Assert.Equal("weights.outer=1,x.outer=a_b", Assert.Single(Read($$"""
            { "grid": { "weights.outer": [1], "x.outer": ["a/b"] }, {{Evaluation}} }
            """).Expand()).Name);
    }

    [Theory]
    [InlineData("""{ "grid": { "a": [1] } }""", "evaluation")]
    [InlineData("""{ "grids": {}, EVALUATION }""", "grids")]
    [InlineData("""{ "seeds": "many", "grid": { "a": [1] }, EVALUATION }""", "seeds")]
    [InlineData("""{ "seeds": [1, 1], "grid": { "a": [1] }, EVALUATION }""", "seed, or one twice")]
    [InlineData("""{ "seeds": [], "grid": { "a": [1] }, EVALUATION }""", "no seed")]
    [InlineData("""{ EVALUATION }""", "neither variants nor a grid")]
    [InlineData("""{ "grid": { "a": [] }, EVALUATION }""", "no value for 'a'")]
    [InlineData("""{ "grid": { "a": null }, EVALUATION }""", "null")]
    [InlineData("""{ "grid": { "a": [{}] }, EVALUATION }""", "no number, text, true or false")]
    [InlineData("""{ "grid": { "a": [1, 1] }, EVALUATION }""", "have the name 'a=1'")]
    [InlineData("""{ "grid": { "seed": [1] }, EVALUATION }""", "\"seeds\"")]
    [InlineData("""{ "set": { "a=b": 1 }, "grid": { "a": [1] }, EVALUATION }""", "'a=b' of the plan can't be a key")]
    [InlineData("""{ "variants": [ { "name": "a/b" } ], EVALUATION }""", "'a/b' can't be a variant's name")]
    [InlineData("""{ "variants": [ { "name": ".." } ], EVALUATION }""", "'..' can't be a variant's name")]
    [InlineData("""{ "variants": [ null ], EVALUATION }""", "null among its variants")]
    [InlineData("""{ "variants": [ { "set": {} } ], EVALUATION }""", "name")]
    [InlineData("""{ "variants": [ { "name": "a" }, { "name": "A", "set": { "x": 1 } } ], EVALUATION }""", "have the name 'A'")]
    [InlineData("""{ "variants": [ { "name": "a", "set": { "b": 1 } } ], "grid": { "b": [1] }, EVALUATION }""",
        "'b=1' of the plan has the settings")]
    [InlineData("""{ "variants": [ { "name": "a", "paper": { "outer": 9, "inner": 0 } } ], EVALUATION }""",
        "no row for what variant 'a' names")]
    [InlineData("""{ "grid": { "a": [1] }, "figures": [ { "name": "f", "baseline": "a=1", "ours": "b" } ], EVALUATION }""",
        "'b', which is none")]
    [InlineData("""{ "grid": { "a": [1] }, "figures": [ { "name": "f/", "baseline": "a=1", "ours": "a=1" } ], EVALUATION }""",
        "can't be a figure's")]
    [InlineData("""{ "grid": { "a": [1] }, "grid": { "a": [1] }, EVALUATION }""", "grid")]
    [InlineData("[]", "is no plan")]
    [InlineData("{", "is no plan")]
    public void Read_AWrongPlan_TellsWhatIsWrong(string plan, string expected)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Read(plan.Replace("EVALUATION", Evaluation)));
        Assert.Contains(expected, error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Theory]
    [InlineData(""" "textures": [] """, "no texture")]
    [InlineData(""" "textures": [null] """, "no texture")]
    [InlineData(""" "textures": ["a"], "limit": -1 """, "-1 structures")]
    [InlineData(""" "textures": ["a"], "realLabels": "camvid99" """, "camvid99")]
    [InlineData(""" "textures": ["a"], "size": "512" """, "'512'")]
    [InlineData(""" "textures": ["a"], "replicates": -1 """, "-1 times")]
    [InlineData(""" "textures": ["a"], "judges": "x" """, "judges")]
    public void Read_AWrongEvaluation_TellsWhatIsWrong(string part, string expected) =>
        Assert.Contains(expected, Assert.Throws<EdgeSimException>(() => Read($$"""
            { "grid": { "a": [1] }, "evaluation": { "judge": "j", "structures": "s", "real": "r", {{part}} } }
            """)).Message);

    [Fact]
    public void Read_TheReadmesPlan_IsOne()
    {
        string readme = File.ReadAllText(Path.Combine(SharedFolder.Repository, "README.md"));
        const string Begin = "cat > plan.json <<'END'\n";
        string plan = readme[(readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..];
        IReadOnlyList<GridVariant> variants = Read(plan[..plan.IndexOf("\nEND", StringComparison.Ordinal)]).Expand();
        Assert.Equal(["baseline", "outer=1,inner=0", "outer=3,inner=0"], variants.Select(variant => variant.Name));
        Assert.Equal(PaperTable.Find(3, 0), variants[2].Paper);
    }

    [Fact]
    public void Read_NoFile_IsTold() =>
        Assert.Contains("absent.json", Assert.Throws<EdgeSimException>(() => AblationPlan.Read(_folder["absent.json"])).Message);

    private AblationPlan Read(string json)
    {
        File.WriteAllText(_folder["plan.json"], json);
        return AblationPlan.Read(_folder["plan.json"]);
    }
}
