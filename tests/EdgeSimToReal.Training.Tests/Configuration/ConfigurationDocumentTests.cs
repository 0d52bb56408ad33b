using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Configuration;

namespace EdgeSimToReal.Training.Tests.Configuration;

public class ConfigurationDocumentTests
{
    [Fact]
    public void AFile_ChangesItsKeysAlone()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["c.json"], """
            {
              // People explain what they do,
              "rate": 0.25, "kind": "park", "water": { "depth": 7 },
              "oldest": { "name": "yew" },
              "trees": [ { "name": "elm" }, { "name": "ash", "height": 4, }, ], /* and leave commas. */
            }
            """);
        ConfigurationDocument<Garden> document = new(new Garden { Steps = 7 });
        document.MergeFile(folder["c.json"]);
        Garden garden = document.Bind();
        Assert.Equal((7, 0.25, GardenKind.Park, new Pond(2, 7)), (garden.Steps, garden.Rate, garden.Kind, garden.Water));
        Assert.Equal("yew", garden.Oldest!.Name);
        Assert.Equal([new Tree { Name = "elm" }, new Tree { Name = "ash", Height = 4 }], garden.Trees);
    }

    [Fact]
    public void WhatIsWritten_IsReadBack_WithoutComputedMembers()
    {
        Garden garden = new() { Motto = "less & less", Weights = [0.1, 1e-9], Oldest = new() { Name = "yew" } };
        string json = ConfigurationJson.Write(garden);
        Assert.DoesNotContain("area", json);
        Assert.Contains("less & less", json);
        Assert.Contains("\"kitchen-garden\"", json);
        ConfigurationDocument<Garden> document = new(new Garden { Steps = 3, Fence = true });
        document.Merge(json, "The checkpoint's configuration");
        Assert.Equal(json, ConfigurationJson.Write(document.Bind()));
    }

    [Fact]
    public void AText_StandsForKnownSettings_AndSingleKeysChangeThem()
    {
        Dictionary<Type, Func<string, object>> ponds = new()
        {
            [typeof(Pond)] = name => name == "deep" ? new Pond(1, 40) : throw new EdgeSimException($"No pond '{name}'.", "Use deep."),
        };
        ConfigurationDocument<Garden> document = new(new Garden(), ponds);
        document.Merge("""{ "water": "deep" }""", "The text");
        Assert.Equal(new Pond(1, 40), document.Bind().Water);
        document.Set("water.width=5");
        Assert.Equal(new Pond(5, 40), document.Bind().Water);
        document.Set("water=deep");
        Assert.Equal(new Pond(1, 40), document.Bind().Water);
        Assert.Contains("No pond 'wide'", Assert.Throws<EdgeSimException>(() => document.Set("water=wide")).Message);
        Assert.Throws<EdgeSimException>(() => document.Set("oldest=deep"));
    }

    [Fact]
    public void Set_ReachesEveryKindOfKey()
    {
        ConfigurationDocument<Garden> document = new(new Garden());
        foreach (string set in new[]
        {
            "steps=12", "rate=1e-3", "fence=true", "owner=7", "motto=a=b", "kind=park", "trees.0.height=10", "trees.1.name=elm",
            "oldest.name=yew", "oldest.height=30", "weights=[1, 2.5]", "weights.1=3", "weights.2=4", "water.width=9",
            "seed=18446744073709551615",
        })
        {
            document.Set(set);
        }
        Garden garden = document.Bind();
        Assert.Equal((12, 1e-3, true, "7", "a=b"), (garden.Steps, garden.Rate, garden.Fence, garden.Owner, garden.Motto));
        Assert.Equal((GardenKind.Park, ulong.MaxValue, new Pond(9, 3)), (garden.Kind, garden.Seed, garden.Water));
        Assert.Equal([new Tree { Name = "oak", Height = 10 }, new Tree { Name = "elm" }], garden.Trees);
        Assert.Equal(new Tree { Name = "yew", Height = 30 }, garden.Oldest);
        Assert.Equal([1, 3, 4], garden.Weights!);
        document.Set("motto=null");
        document.Set("oldest=null");
        Assert.Equal((null, null), (document.Bind().Motto, document.Bind().Oldest));
    }

    [Theory]
    [InlineData("step=1", "'step'; the nearest is 'steps'")]
    [InlineData("Rate=1", "'Rate'; the nearest is 'rate'")]
    [InlineData("trees.0.hieght=1", "'trees.0.hieght'; the nearest is 'trees.0.height'")]
    [InlineData("area=1", "there is no key 'area'")]
    [InlineData("steps=many", "'steps' is \"many\". It takes a whole number.")]
    [InlineData("steps=1.5", "'steps' is 1.5. It takes a whole number.")]
    [InlineData("steps=null", "'steps' is null. It takes a whole number.")]
    [InlineData("seed=-1", "a whole number of 0 or more")]
    [InlineData("rate=[1]", "'rate' is [1]. It takes a number.")]
    [InlineData("rate=NaN", "It takes a number.")]
    [InlineData("fence=1", "true or false")]
    [InlineData("owner=null", "'owner' is null. It takes a text.")]
    [InlineData("kind=forest", "one of kitchen-garden, park")]
    [InlineData("kind=1", "one of kitchen-garden, park")]
    [InlineData("trees=3", "a list of which each element is an object with name, height")]
    [InlineData("trees.2.name=elm", "'2' in 'trees.2' is no index into 'trees', which has 1 elements. Use 0 to 1; 1 appends.")]
    [InlineData("trees.x.name=elm", "'x' in 'trees.x' is no index")]
    [InlineData("weights=[1, \"a\"]", "'weights.1' is \"a\". It takes a number.")]
    [InlineData("water=deep", "an object with width, depth")]
    [InlineData("rate.slow=1", "'rate' takes a number, so there is no key 'rate.slow'")]
    [InlineData("rate", "--set key=value")]
    [InlineData("=1", "--set key=value")]
    public void AMistake_IsNamed(string set, string expected)
    {
        ConfigurationDocument<Garden> document = new(new Garden());
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => document.Set(set));
        Assert.Contains(expected, error.Message);
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Equal(ConfigurationJson.Write(new Garden()), ConfigurationJson.Write(document.Bind())); // nothing was changed
    }

    [Theory]
    [InlineData("{ \"stps\": 1 }", "there is no key 'stps'; the nearest is 'steps'")]
    [InlineData("{ \"trees\": [ { \"nome\": \"elm\" } ] }", "there is no key 'trees.0.nome'; the nearest is 'trees.0.name'")]
    [InlineData("{ \"trees\": [ { \"height\": 1 } ] }", "lacks 'trees.0.name'. It takes a text.")]
    [InlineData("{ \"rate\": \"fast\" }", "'rate' is \"fast\". It takes a number.")]
    [InlineData("{ \"rate\": 1, \"rate\": 2 }", "not valid JSON")]
    [InlineData("{ \"rate\": 1", "not valid JSON")]
    [InlineData("[ 1 ]", "no JSON object")]
    [InlineData("", "not valid JSON")]
    [InlineData(null, "Can't read the configuration")]
    public void ABadFile_IsOneClearError(string? text, string expected)
    {
        using TemporaryFolder folder = new();
        if (text is not null)
            File.WriteAllText(folder["c.json"], text);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
        {
            ConfigurationDocument<Garden> document = new(new Garden());
            document.MergeFile(folder["c.json"]);
            document.Bind();
        });
        Assert.Contains(expected, error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }
}
