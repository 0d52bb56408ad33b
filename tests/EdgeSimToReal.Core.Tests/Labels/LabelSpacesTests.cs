using System.Text.RegularExpressions;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Tests.Labels;

public sealed partial class LabelSpacesTests
{
    public static TheoryData<string> Names => [.. LabelSpaces.All.Select(space => space.Name)];

    [Theory]
    [InlineData("carla23", 23)]
    [InlineData("carla29", 29)]
    [InlineData("cityscapes", 34)]
    [InlineData("cityscapes-train", 19)]
    [InlineData("camvid11", 12)]
    [InlineData("camvid32", 32)]
    [InlineData("idd", 40)]
    [InlineData("idd-level3", 26)]
    [InlineData("common16", 16)]
    [InlineData("shared10", 10)]
    public void ASpace_HasItsClasses_InOrderWithoutGaps(string name, int count)
    {
        LabelSpace space = LabelSpaces.ByName(name);
        Assert.Equal(count, space.Count);
        Assert.Equal(Enumerable.Range(0, count), space.Classes.Select(c => (int)c.Id));
        Assert.Equal(count, space.Classes.Select(c => c.Name).Distinct().Count());
        Assert.All(space.Classes, c => Assert.Equal(c.Name, c.Name.ToLowerInvariant().Trim()));
        Assert.All(space.Classes, c => Assert.Same(c, space.Find(c.Id)));
        Assert.Null(space.Find((byte)count));
        Assert.Null(space.Find(LabelSpace.Ignore));
    }

    [Fact]
    public void PersonsAndVehicles_AreKnown_InEverySpace()
    {
        Assert.All(LabelSpaces.All, space =>
        {
            Assert.NotEmpty(space.Vehicles);
            Assert.NotEmpty(space.Objects.Except(space.Vehicles));
            Assert.Empty(space.Vehicles.Except(space.Objects));
        });
        Assert.Equal([4, 10], LabelSpaces.Carla23.Objects);
        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 19], LabelSpaces.Carla29.Objects);
        Assert.Equal([14, 15, 16, 17, 18, 19], LabelSpaces.Carla29.Vehicles);
        Assert.Equal([8, 9], LabelSpaces.Shared10.Objects);
        Assert.Equal([8, 9, 10], LabelSpaces.CamVid11.Objects);
    }

    [Fact]
    public void AnUnknownName_IsAnErrorThatListsTheKnownOnes()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => LabelSpaces.ByName("carla99"));
        Assert.Contains("carla99", error.Message);
        Assert.All(LabelSpaces.All, space => Assert.Contains(space.Name, error.Message));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void APalette_HoldsEachClassesColour_AndBlackElsewhere(string name)
    {
        LabelSpace space = LabelSpaces.ByName(name);
        byte[] palette = space.Palette();
        Assert.Equal(768, palette.Length);
        for (int id = 0; id < 256; id++)
        {
            LabelClass? c = space.Find((byte)id);
            Assert.Equal((c?.R ?? 0, c?.G ?? 0, c?.B ?? 0), (palette[id * 3], palette[(id * 3) + 1], palette[(id * 3) + 2]));
        }
    }

    [Fact]
    public void ClassesOfOneName_HaveOneColour_InTheCityscapesFamily()
    {
        Dictionary<string, LabelClass> cityscapes = LabelSpaces.CityscapesIds.Classes.ToDictionary(c => c.Name);
        LabelSpace[] family = [LabelSpaces.CityscapesTrainIds, LabelSpaces.Common16, LabelSpaces.Shared10, LabelSpaces.Carla29];
        foreach (LabelSpace space in family)
        {
            foreach (LabelClass c in space.Classes)
            {
                // CARLA's static and dynamic have colours of their own; Cityscapes draws static black.
                if (cityscapes.TryGetValue(c.Name, out LabelClass? same) && c.Name is not ("static" or "dynamic"))
                    Assert.Equal((same.R, same.G, same.B), (c.R, c.G, c.B));
            }
        }
    }

    /// <summary>The facts list both schemes as "7 Road 128,64,128 | 8 SideWalk 244,35,232 | ...".</summary>
    [Fact]
    public void CarlasTags_AreTheOnesOfTheServersSource()
    {
        string facts = File.ReadAllText(SharedFolder.Require("facts", "carla-protocol.md"));
        int section = facts.IndexOf("## 3. Semantic tags", StringComparison.Ordinal);
        int split = facts.IndexOf("(29 tags, 0..28)", section, StringComparison.Ordinal);
        int end = facts.IndexOf("## 4.", split, StringComparison.Ordinal);
        AssertTags(LabelSpaces.Carla23, facts[section..split]);
        AssertTags(LabelSpaces.Carla29, facts[split..end]);

        static void AssertTags(LabelSpace space, string text)
        {
            MatchCollection matches = Tag().Matches(text);
            Assert.Equal(space.Count, matches.Count);
            foreach (Match match in matches)
            {
                LabelClass? c = space.Find(byte.Parse(match.Groups["id"].Value));
                Assert.Equal(match.Groups["name"].Value.ToLowerInvariant(), c!.Name.Replace(" ", "", StringComparison.Ordinal));
                Assert.Equal(match.Groups["colour"].Value, $"{c.R},{c.G},{c.B}");
            }
        }
    }

    [GeneratedRegex(@"(?<id>\d+) (?<name>[A-Za-z]+) (?<colour>\d+,\d+,\d+)")]
    private static partial Regex Tag();
}
