using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Tests.Labels;

/// <summary>Every table entry is checked through the classes' names; the merges below are those that the product promises.</summary>
public sealed class LabelRemapTests
{
    /// <summary>Names that Common16 merges or names otherwise; every other name must be a class of Common16 itself.</summary>
    private static readonly Dictionary<string, string?> Common16Names = new()
    {
        ["road line"] = "road",
        ["pedestrian"] = "person",
        ["rider"] = "person",
        ["vehicles"] = "vehicle",
        ["car"] = "vehicle",
        ["truck"] = "vehicle",
        ["bus"] = "vehicle",
        ["caravan"] = "vehicle",
        ["trailer"] = "vehicle",
        ["train"] = "vehicle",
        ["motorcycle"] = "vehicle",
        ["bicycle"] = "vehicle",
        ["ground"] = "other ground",
        ["parking"] = "other ground",
        ["rail track"] = "other ground",
        ["water"] = "other ground",
        ["bridge"] = "static",
        ["guard rail"] = "static",
        ["tunnel"] = "static",
        ["other"] = "static",
        ["polegroup"] = "pole",
        ["unlabeled"] = null,
        ["ego vehicle"] = null,
        ["rectification border"] = null,
        ["out of roi"] = null,
        // CamVid's words.
        ["pavement"] = "sidewalk",
        ["tree"] = "vegetation",
        ["sign or light"] = "traffic sign",
        ["bicyclist"] = "person",
        ["void"] = null,
        // CamVid's 32 classes and IDD's; the tables' comments give the reasons.
        ["drivable fallback"] = "other ground",
        ["non-drivable fallback"] = "terrain",
        ["animal"] = null,
        ["autorickshaw"] = "vehicle",
        ["vehicle fallback"] = "vehicle",
        ["curb"] = null,
        ["billboard"] = null,
        ["obs-str-bar-fallback"] = "static",
        ["fallback background"] = null,
        ["license plate"] = null,
        ["parking or drivable fallback"] = "other ground",
        ["rail track or non-drivable fallback"] = "terrain",
        ["person or animal"] = "person",
        ["trailer, train or vehicle fallback"] = "vehicle",
        ["bridge or tunnel"] = "static",
        ["sky or fallback background"] = "sky",
        ["archway"] = "building",
        ["cart, luggage or pram"] = "dynamic",
        ["child"] = "person",
        ["column or pole"] = "pole",
        ["driving lane marking"] = "road",
        ["other lane marking"] = "road",
        ["text"] = null,
        ["motorcycle or scooter"] = "vehicle",
        ["other moving"] = "dynamic",
        ["parking block"] = "other ground",
        ["road shoulder"] = "other ground",
        ["sign"] = "traffic sign",
        ["suv or pickup"] = "vehicle",
        ["traffic cone"] = "dynamic",
        ["truck or bus"] = "vehicle",
        ["other vegetation"] = "vegetation",
    };

    public static TheoryData<string> Names => [.. LabelSpaces.All.Select(space => space.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryClass_MapsToTheCommon16ClassOfItsName(string name)
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.ByName(name), LabelSpaces.Common16);
        for (int id = 0; id < 256; id++)
        {
            string? from = remap.From.Find((byte)id)?.Name;
            string? expected = from is null ? null : Common16Names.GetValueOrDefault(from, from);
            Assert.Equal(expected, remap.To.Find(remap.Table[id])?.Name);
            if (expected is null)
                Assert.Equal(LabelSpace.Ignore, remap.Table[id]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryClass_MapsToShared10_WithWallAsFenceAndLightAsSign(string name)
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.ByName(name), LabelSpaces.Shared10);
        for (int id = 0; id < 256; id++)
        {
            string? from = remap.From.Find((byte)id)?.Name;
            string? common = from is null ? null : Common16Names.GetValueOrDefault(from, from);
            string? expected = common switch
            {
                "wall" => "fence",
                "traffic light" => "traffic sign",
                "terrain" or "other ground" or "static" or "dynamic" => null,
                _ => common,
            };
            Assert.Equal(expected, remap.To.Find(remap.Table[id])?.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryClass_MapsToShared10Wide_WithTerrainAsVegetationAndGuardRailAsFence(string name)
    {
        LabelSpace from = LabelSpaces.ByName(name);
        LabelRemap narrow = LabelRemap.Between(from, LabelSpaces.Shared10), wide = LabelRemap.Between(from, LabelSpaces.Shared10Wide);
        foreach (LabelClass c in from.Classes)
        {
            bool terrain = Common16Names.GetValueOrDefault(c.Name, c.Name) == "terrain";
            byte expected = terrain ? (byte)6 : c.Name == "guard rail" ? (byte)3 : narrow.Table[c.Id];
            Assert.Equal(expected, wide.Table[c.Id]);
        }
    }

    [Fact]
    public void CamVid_MapsAsItsDescriptionSays()
    {
        byte[] expected = [10, 2, 5, 0, 1, 8, 7, 4, 12, 11, 11, 255];
        Assert.Equal(expected, LabelRemap.Between(LabelSpaces.CamVid11, LabelSpaces.Common16).Table[..12]);
    }

    [Fact]
    public void NewCarlaTags_AreTheTrainIdsPlusOne()
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.CityscapesTrainIds);
        for (int tag = 0; tag < 256; tag++)
        {
            bool isRoadLine = remap.From.Find((byte)tag)?.Name == "road line";
            Assert.Equal(tag is >= 1 and <= 19 ? tag - 1 : isRoadLine ? 0 : LabelSpace.Ignore, remap.Table[tag]);
        }
    }

    [Fact]
    public void CityscapesIds_MapToTheTrainIdsOfTheirNames()
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.CityscapesIds, LabelSpaces.CityscapesTrainIds);
        HashSet<string> trained = [.. LabelSpaces.CityscapesTrainIds.Classes.Select(c => c.Name)];
        for (int id = 0; id < 256; id++)
        {
            string? name = remap.From.Find((byte)id)?.Name;
            Assert.Equal(name is not null && trained.Contains(name) ? name : null, remap.To.Find(remap.Table[id])?.Name);
        }
    }

    [Fact]
    public void OldCarlaTags_MapToTrainIds_WithTheCommonestMemberOfMergedClasses()
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla23, LabelSpaces.CityscapesTrainIds);
        Assert.Equal("car", NameOf("vehicles"));
        Assert.Equal("person", NameOf("pedestrian"));
        Assert.Equal("road", NameOf("road line"));
        Assert.Equal("terrain", NameOf("terrain"));
        Assert.Null(NameOf("water"));

        string? NameOf(string from) => remap.To.Find(remap.Table[remap.From.Classes.Single(c => c.Name == from).Id])?.Name;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToItself_IsTheIdentityOnItsIds(string name)
    {
        LabelSpace space = LabelSpaces.ByName(name);
        LabelRemap remap = LabelRemap.Between(space, space);
        for (int id = 0; id < 256; id++)
            Assert.Equal(id < space.Count ? id : LabelSpace.Ignore, remap.Table[id]);
    }

    [Fact]
    public void TowardsASimulatorsTags_ThereIsNoTable()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => LabelRemap.Between(LabelSpaces.Common16, LabelSpaces.Carla23));
        Assert.Contains("common16", error.Message);
        Assert.Contains("carla23", error.Message);
    }

    [Fact]
    public void Apply_MapsInPlaceToo()
    {
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla23, LabelSpaces.Common16);
        byte[] ids = [.. Enumerable.Range(0, 256).Select(id => (byte)id)], mapped = new byte[300];
        mapped.AsSpan().Fill(77);
        remap.Apply(ids, mapped);
        Assert.Equal(remap.Table.ToArray(), mapped[..256]);
        Assert.All(mapped[256..], value => Assert.Equal(77, value));
        remap.Apply(ids, ids);
        Assert.Equal(remap.Table.ToArray(), ids);
    }
}
