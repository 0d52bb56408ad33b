namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>How a data set's folders are laid out.</summary>
public enum DataSetLayout
{
    /// <summary>Whichever of the others the folder fits.</summary>
    Auto,

    /// <summary>Cityscapes: leftImg8bit and gtFine with labelIds.</summary>
    Cityscapes,

    /// <summary>KITTI semantics: training/image_2 and training/semantic, ids of Cityscapes; no split of its own.</summary>
    Kitti,

    /// <summary>BDD100K semantic segmentation: images/10k and labels/sem_seg/masks (or the older seg), trainIds.</summary>
    Bdd100k,

    /// <summary>India Driving Dataset: leftImg8bit and gtFine with labellevel3Ids, labelids or labelcsTrainIds.</summary>
    Idd,

    /// <summary>CamVid: ids of 11 classes (train, trainannot, …), or the original pictures of 32 colours.</summary>
    CamVid,

    /// <summary>
    /// Folders that a CARLA script wrote: colour pictures in one folder, semantic ones (tag in the red channel, or grey) in another, of the
    /// same names; also several runs beside each other.
    /// </summary>
    Carla,

    /// <summary>
    /// Images and labels of the same names, with or without folders for the splits; a labelled folder with a manifest; or images alone.
    /// </summary>
    Plain,
}
