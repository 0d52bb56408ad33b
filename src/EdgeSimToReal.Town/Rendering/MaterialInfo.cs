using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>How a <see cref="Material"/> is shaded.</summary>
/// <param name="Texture">Its picture.</param>
/// <param name="Cutout">Whether texels with alpha below one half are holes.</param>
/// <param name="Masked">Whether the texture's alpha is a mask: above one half takes the tint, below one half reflects like glass.</param>
/// <param name="DoubleSided">Whether the back is drawn too.</param>
/// <param name="Gloss">Share of the sky that it mirrors at grazing angles, 0..1.</param>
/// <param name="Highlight">Strength of the sun's highlight.</param>
/// <param name="Emission">Light of its own, 0 = none.</param>
/// <param name="Translucency">Share of sunlight that comes through from behind (leaves).</param>
/// <param name="Puddles">How much rain darkens and glazes it, 0..1.</param>
internal readonly record struct MaterialInfo(
    TextureName Texture,
    bool Cutout = false,
    bool Masked = false,
    bool DoubleSided = false,
    float Gloss = 0,
    float Highlight = 0,
    float Emission = 0,
    float Translucency = 0,
    float Puddles = 0)
{
    private static readonly MaterialInfo[] Table = Build();

    public static ReadOnlySpan<MaterialInfo> All => Table;

    private static MaterialInfo[] Build()
    {
        var table = new MaterialInfo[Enum.GetValues<Material>().Length];
        void Set(Material material, MaterialInfo info) => table[(int)material] = info;
        Set(Material.Asphalt, new(TextureName.Asphalt, Highlight: 0.06f, Puddles: 1));
        Set(Material.LanePaint, new(TextureName.LanePaint, Highlight: 0.08f, Puddles: 0.8f));
        Set(Material.Paving, new(TextureName.Paving, Puddles: 0.8f));
        Set(Material.Kerb, new(TextureName.Concrete, Puddles: 0.6f));
        Set(Material.Concrete, new(TextureName.Concrete, Puddles: 0.4f));
        Set(Material.Grass, new(TextureName.Grass));
        Set(Material.Soil, new(TextureName.Soil));
        Set(Material.Brick, new(TextureName.Brick));
        Set(Material.Plaster, new(TextureName.Plaster));
        Set(Material.Stone, new(TextureName.Stone));
        Set(Material.FacadeFlat, new(TextureName.FacadeFlat, Masked: true));
        Set(Material.FacadeBrick, new(TextureName.FacadeBrick, Masked: true));
        Set(Material.FacadeOffice, new(TextureName.FacadeOffice, Masked: true));
        Set(Material.FacadeOld, new(TextureName.FacadeOld, Masked: true));
        Set(Material.ShopFront, new(TextureName.ShopFront, Masked: true));
        Set(Material.RoofTiles, new(TextureName.RoofTiles));
        Set(Material.RoofFlat, new(TextureName.Plaster));
        Set(Material.Door, new(TextureName.Door, Masked: true));
        Set(Material.Wood, new(TextureName.Wood));
        Set(Material.Metal, new(TextureName.Plain, Gloss: 0.15f, Highlight: 0.3f));
        Set(Material.CarPaint, new(TextureName.Plain, Gloss: 0.55f, Highlight: 1.2f));
        Set(Material.Glass, new(TextureName.Plain, Gloss: 0.9f, Highlight: 1.5f));
        Set(Material.Rubber, new(TextureName.Plain, Highlight: 0.05f));
        Set(Material.Chrome, new(TextureName.Plain, Gloss: 0.8f, Highlight: 1));
        Set(Material.HeadLight, new(TextureName.Plain, Gloss: 0.6f, Highlight: 1, Emission: 0.25f));
        Set(Material.TailLight, new(TextureName.Plain, Gloss: 0.3f, Highlight: 0.6f, Emission: 0.3f));
        Set(Material.NumberPlate, new(TextureName.NumberPlate));
        Set(Material.Bark, new(TextureName.Bark));
        Set(Material.Leaves, new(TextureName.Leaves, Cutout: true, DoubleSided: true, Translucency: 0.35f));
        Set(Material.Needles, new(TextureName.Needles, Cutout: true, DoubleSided: true, Translucency: 0.2f));
        Set(Material.Hedge, new(TextureName.Hedge, Translucency: 0.1f));
        Set(Material.ChainLink, new(TextureName.ChainLink, Cutout: true, DoubleSided: true));
        Set(Material.Pickets, new(TextureName.Pickets, Cutout: true, DoubleSided: true));
        Set(Material.SignStop, new(TextureName.SignStop, Cutout: true, Highlight: 0.1f));
        Set(Material.SignSpeed, new(TextureName.SignSpeed, Cutout: true, Highlight: 0.1f));
        Set(Material.SignYield, new(TextureName.SignYield, Cutout: true, Highlight: 0.1f));
        Set(Material.SignParking, new(TextureName.SignParking, Cutout: true, Highlight: 0.1f));
        Set(Material.SignCrossing, new(TextureName.SignCrossing, Cutout: true, Highlight: 0.1f));
        Set(Material.Billboard, new(TextureName.Billboard));
        Set(Material.LampRed, new(TextureName.Plain, Emission: 9));
        Set(Material.LampAmber, new(TextureName.Plain, Emission: 9));
        Set(Material.LampGreen, new(TextureName.Plain, Emission: 9));
        Set(Material.LampHousing, new(TextureName.Plain, Highlight: 0.1f));
        Set(Material.StreetLamp, new(TextureName.Plain, Gloss: 0.2f));
        Set(Material.Skin, new(TextureName.Plain));
        Set(Material.Cloth, new(TextureName.Cloth));
        Set(Material.Hair, new(TextureName.Cloth));
        Set(Material.Forest, new(TextureName.Hedge));
        Set(Material.Rock, new(TextureName.Stone));
        Set(Material.Plain, new(TextureName.Plain));
        return table;
    }
}
