namespace EdgeSimToReal.Core.Labels;

/// <summary>The label spaces that the project knows.</summary>
public static class LabelSpaces
{
    /// <summary>CARLA 0.9.10 to 0.9.13: 23 tags, in the red byte of the semantic camera.</summary>
    public static LabelSpace Carla23 { get; } = new("carla23",
        new(0, "unlabeled", 0, 0, 0),
        new(1, "building", 70, 70, 70),
        new(2, "fence", 100, 40, 40),
        new(3, "other", 55, 90, 80),
        new(4, "pedestrian", 220, 20, 60),
        new(5, "pole", 153, 153, 153),
        new(6, "road line", 157, 234, 50),
        new(7, "road", 128, 64, 128),
        new(8, "sidewalk", 244, 35, 232),
        new(9, "vegetation", 107, 142, 35),
        new(10, "vehicles", 0, 0, 142),
        new(11, "wall", 102, 102, 156),
        new(12, "traffic sign", 220, 220, 0),
        new(13, "sky", 70, 130, 180),
        new(14, "ground", 81, 0, 81),
        new(15, "bridge", 150, 100, 100),
        new(16, "rail track", 230, 150, 140),
        new(17, "guard rail", 180, 165, 180),
        new(18, "traffic light", 250, 170, 30),
        new(19, "static", 110, 190, 160),
        new(20, "dynamic", 170, 120, 50),
        new(21, "water", 45, 60, 150),
        new(22, "terrain", 145, 170, 100));

    /// <summary>CARLA 0.9.14 and later, 0.10: 29 tags; 1..19 are the Cityscapes trainIds plus one.</summary>
    public static LabelSpace Carla29 { get; } = new("carla29",
        new(0, "unlabeled", 0, 0, 0),
        new(1, "road", 128, 64, 128),
        new(2, "sidewalk", 244, 35, 232),
        new(3, "building", 70, 70, 70),
        new(4, "wall", 102, 102, 156),
        new(5, "fence", 190, 153, 153),
        new(6, "pole", 153, 153, 153),
        new(7, "traffic light", 250, 170, 30),
        new(8, "traffic sign", 220, 220, 0),
        new(9, "vegetation", 107, 142, 35),
        new(10, "terrain", 152, 251, 152),
        new(11, "sky", 70, 130, 180),
        new(12, "pedestrian", 220, 20, 60),
        new(13, "rider", 255, 0, 0),
        new(14, "car", 0, 0, 142),
        new(15, "truck", 0, 0, 70),
        new(16, "bus", 0, 60, 100),
        new(17, "train", 0, 80, 100),
        new(18, "motorcycle", 0, 0, 230),
        new(19, "bicycle", 119, 11, 32),
        new(20, "static", 110, 190, 160),
        new(21, "dynamic", 170, 120, 50),
        new(22, "other", 55, 90, 80),
        new(23, "water", 45, 60, 150),
        new(24, "road line", 157, 234, 50),
        new(25, "ground", 81, 0, 81),
        new(26, "bridge", 150, 100, 100),
        new(27, "rail track", 230, 150, 140),
        new(28, "guard rail", 180, 165, 180));

    /// <summary>Cityscapes label ids 0..33 (the files named labelIds).</summary>
    public static LabelSpace CityscapesIds { get; } = new("cityscapes",
        new(0, "unlabeled", 0, 0, 0),
        new(1, "ego vehicle", 0, 0, 0),
        new(2, "rectification border", 0, 0, 0),
        new(3, "out of roi", 0, 0, 0),
        new(4, "static", 0, 0, 0),
        new(5, "dynamic", 111, 74, 0),
        new(6, "ground", 81, 0, 81),
        new(7, "road", 128, 64, 128),
        new(8, "sidewalk", 244, 35, 232),
        new(9, "parking", 250, 170, 160),
        new(10, "rail track", 230, 150, 140),
        new(11, "building", 70, 70, 70),
        new(12, "wall", 102, 102, 156),
        new(13, "fence", 190, 153, 153),
        new(14, "guard rail", 180, 165, 180),
        new(15, "bridge", 150, 100, 100),
        new(16, "tunnel", 150, 120, 90),
        new(17, "pole", 153, 153, 153),
        new(18, "polegroup", 153, 153, 153),
        new(19, "traffic light", 250, 170, 30),
        new(20, "traffic sign", 220, 220, 0),
        new(21, "vegetation", 107, 142, 35),
        new(22, "terrain", 152, 251, 152),
        new(23, "sky", 70, 130, 180),
        new(24, "person", 220, 20, 60),
        new(25, "rider", 255, 0, 0),
        new(26, "car", 0, 0, 142),
        new(27, "truck", 0, 0, 70),
        new(28, "bus", 0, 60, 100),
        new(29, "caravan", 0, 0, 90),
        new(30, "trailer", 0, 0, 110),
        new(31, "train", 0, 80, 100),
        new(32, "motorcycle", 0, 0, 230),
        new(33, "bicycle", 119, 11, 32));

    /// <summary>Cityscapes trainIds, 19 classes.</summary>
    public static LabelSpace CityscapesTrainIds { get; } = new("cityscapes-train",
        new(0, "road", 128, 64, 128),
        new(1, "sidewalk", 244, 35, 232),
        new(2, "building", 70, 70, 70),
        new(3, "wall", 102, 102, 156),
        new(4, "fence", 190, 153, 153),
        new(5, "pole", 153, 153, 153),
        new(6, "traffic light", 250, 170, 30),
        new(7, "traffic sign", 220, 220, 0),
        new(8, "vegetation", 107, 142, 35),
        new(9, "terrain", 152, 251, 152),
        new(10, "sky", 70, 130, 180),
        new(11, "person", 220, 20, 60),
        new(12, "rider", 255, 0, 0),
        new(13, "car", 0, 0, 142),
        new(14, "truck", 0, 0, 70),
        new(15, "bus", 0, 60, 100),
        new(16, "train", 0, 80, 100),
        new(17, "motorcycle", 0, 0, 230),
        new(18, "bicycle", 119, 11, 32));

    /// <summary>CamVid, the usual 11 classes; 11 is void.</summary>
    public static LabelSpace CamVid11 { get; } = new("camvid11",
        new(0, "sky", 128, 128, 128),
        new(1, "building", 128, 0, 0),
        new(2, "pole", 192, 192, 128),
        new(3, "road", 128, 64, 128),
        new(4, "pavement", 0, 0, 192),
        new(5, "tree", 128, 128, 0),
        new(6, "sign or light", 192, 128, 128),
        new(7, "fence", 64, 64, 128),
        new(8, "car", 64, 0, 128),
        new(9, "pedestrian", 64, 64, 0),
        new(10, "bicyclist", 0, 128, 192),
        new(11, "void", 0, 0, 0));

    /// <summary>The 16 classes of the paper (chapter 4.1): vehicles merged, person and rider merged, road and road line merged.</summary>
    public static LabelSpace Common16 { get; } = new("common16",
        new(0, "road", 128, 64, 128),
        new(1, "sidewalk", 244, 35, 232),
        new(2, "building", 70, 70, 70),
        new(3, "wall", 102, 102, 156),
        new(4, "fence", 190, 153, 153),
        new(5, "pole", 153, 153, 153),
        new(6, "traffic light", 250, 170, 30),
        new(7, "traffic sign", 220, 220, 0),
        new(8, "vegetation", 107, 142, 35),
        new(9, "terrain", 152, 251, 152),
        new(10, "sky", 70, 130, 180),
        new(11, "person", 220, 20, 60),
        new(12, "vehicle", 0, 0, 142),
        new(13, "other ground", 81, 0, 81),
        new(14, "static", 110, 190, 160),
        new(15, "dynamic", 170, 120, 50));

    /// <summary>The ten classes that CARLA and CamVid both label; wall counts as fence and traffic light as traffic sign.</summary>
    public static LabelSpace Shared10 { get; } = new("shared10",
        new(0, "road", 128, 64, 128),
        new(1, "sidewalk", 244, 35, 232),
        new(2, "building", 70, 70, 70),
        new(3, "fence", 190, 153, 153),
        new(4, "pole", 153, 153, 153),
        new(5, "traffic sign", 220, 220, 0),
        new(6, "vegetation", 107, 142, 35),
        new(7, "sky", 70, 130, 180),
        new(8, "person", 220, 20, 60),
        new(9, "vehicle", 0, 0, 142));

    /// <summary>All spaces, in the order above.</summary>
    public static IReadOnlyList<LabelSpace> All { get; } =
        [Carla23, Carla29, CityscapesIds, CityscapesTrainIds, CamVid11, Common16, Shared10];

    /// <summary>The space with the given name.</summary>
    /// <param name="name">A <see cref="LabelSpace.Name"/>.</param>
    /// <exception cref="EdgeSimException">No space has that name.</exception>
    public static LabelSpace ByName(string name) =>
        All.FirstOrDefault(space => space.Name == name)
        ?? throw new EdgeSimException($"There is no label space '{name}'.", $"Known spaces: {string.Join(", ", All)}.");
}
