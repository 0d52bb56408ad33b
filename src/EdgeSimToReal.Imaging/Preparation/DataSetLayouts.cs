using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>The layouts that are known, each in the forms that are in use.</summary>
internal static class DataSetLayouts
{
    private static readonly string[] Splits = ["train", "val", "test"];

    // What recording scripts call them; the first is this project's advice.
    private static readonly string[] CarlaImages = ["rgb", "RGB", "CameraRGB", "camera_rgb", "image"];

    private static readonly string[] CarlaLabels =
        ["semantic", "semantic_segmentation", "segmentation", "semseg", "seg", "SEG", "CameraSeg", "CameraSemSeg", "tags"];

    /// <summary>
    /// The forms of a layout; of all layouts, in the order in which they are tried, for <see cref="DataSetLayout.Auto"/>.
    /// </summary>
    /// <param name="layout">The layout.</param>
    /// <param name="root">The data set's folder: recordings of CARLA have runs as subfolders of any name.</param>
    public static IEnumerable<LayoutForm> Forms(DataSetLayout layout, string root) => layout switch
    {
        DataSetLayout.Cityscapes => [Fine(layout, "_gtFine_labelIds", LabelSpaces.CityscapesIds)],
        DataSetLayout.Kitti =>
        [
            new(layout, LabelSpaces.CityscapesIds, [new("train", "training/image_2", "", "training/semantic", "")]),
        ],
        DataSetLayout.Bdd100k =>
        [
            BySplit(layout, LabelSpaces.CityscapesTrainIds, "images/10k/{0}", "", "labels/sem_seg/masks/{0}", ""),
            BySplit(layout, LabelSpaces.CityscapesTrainIds, "seg/images/{0}", "", "seg/labels/{0}", "_train_id"),
        ],
        DataSetLayout.Idd =>
        [
            Fine(layout, "_gtFine_labellevel3Ids", LabelSpaces.IddLevel3),
            Fine(layout, "_gtFine_labelids", LabelSpaces.IddIds),
            Fine(layout, "_gtFine_labelcsTrainIds", LabelSpaces.CityscapesTrainIds),
        ],
        DataSetLayout.CamVid =>
        [
            BySplit(layout, LabelSpaces.CamVid11, "{0}", "", "{0}annot", "", withTest: true),
            BySplit(layout, LabelSpaces.CamVid32, "{0}", "", "{0}_labels", "_L", withTest: true) with { AreColours = true },
            new(layout, LabelSpaces.CamVid32, [new("train", "701_StillsRaw_full", "", "LabeledApproved_full", "_L")], AreColours: true),
        ],
        DataSetLayout.Carla => Recordings(root),
        DataSetLayout.Plain =>
        [
            BySplit(layout, null, "{0}/images", "", "{0}/labels", "", withTest: true),
            BySplit(layout, null, "images/{0}", "", "labels/{0}", "", withTest: true),
            new(layout, null, [new("train", "images", "", "labels", "")]),
            BySplit(layout, null, "{0}/images", "", null, "", withTest: true),
            new(layout, null, [new("train", "images", "", null, "")]),
            new(layout, null, [new("train", "", "", null, "")]),
        ],
        _ => Enum.GetValues<DataSetLayout>().Where(one => one != DataSetLayout.Auto).SelectMany(one => Forms(one, root)),
    };

    private static LayoutForm Fine(DataSetLayout layout, string suffix, LabelSpace space) =>
        BySplit(layout, space, "leftImg8bit/{0}", "_leftImg8bit", "gtFine/{0}", suffix);

    /// <summary>The published test splits of the big sets carry no labels, so only train and val are read.</summary>
    private static LayoutForm BySplit(DataSetLayout layout, LabelSpace? space, string images, string imageSuffix, string? labels,
        string labelSuffix, bool withTest = false) => new(layout, space,
        [
            .. Splits.Where(split => withTest || split != "test").Select(split => new SplitFolders(split, Put(images, split), imageSuffix,
                labels is null ? null : Put(labels, split), labelSuffix)),
        ]);

    private static string Put(string pattern, string split) => pattern.Replace("{0}", split, StringComparison.Ordinal);

    /// <summary>One form for each pair of names; its "splits" are the runs, all of which are read as one.</summary>
    private static IEnumerable<LayoutForm> Recordings(string root)
    {
        string[] runs = ["", .. Folder.Folders(root).Select(path => Path.GetFileName(path)).Order(NaturalOrder.Instance)];
        foreach (string images in CarlaImages)
        {
            foreach (string labels in CarlaLabels)
            {
                SplitFolders[] folders = [.. runs.Select(run => new SplitFolders("train", Join(run, images), "", Join(run, labels), ""))];
                SplitFolders[] there = [.. folders.Where(f => Directory.Exists(Path.Combine(root, f.Images)))];
                yield return new(DataSetLayout.Carla, null, there.Length > 0 ? there : folders[..1]);
            }
        }

        static string Join(string run, string folder) => run.Length == 0 ? folder : $"{run}/{folder}";
    }
}
