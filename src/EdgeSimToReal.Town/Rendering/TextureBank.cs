using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>All surface pictures, painted once a process from noise; the same bytes everywhere.</summary>
internal sealed partial class TextureBank
{
    // Lazy, not a static initialiser: the painting threads call this class's static methods, which would wait for the initialiser.
    private static readonly Lazy<TextureBank> Instance = new(() => new TextureBank());

    private readonly Texture[] _textures;

    private TextureBank()
    {
        TextureName[] names = Enum.GetValues<TextureName>();
        _textures = new Texture[names.Length];
        Parallel.ForEach(names, name => _textures[(int)name] = Paint(name));
    }

    public static TextureBank Shared => Instance.Value;

    public Texture this[TextureName name] => _textures[(int)name];

    private static Texture Paint(TextureName name) => name switch
    {
        TextureName.Asphalt => new Texture(512, Asphalt),
        TextureName.LanePaint => new Texture(256, LanePaint),
        TextureName.Paving => new Texture(256, Paving),
        TextureName.Concrete => new Texture(256, Concrete),
        TextureName.Grass => new Texture(256, Grass),
        TextureName.Soil => new Texture(256, Soil),
        TextureName.Brick => new Texture(256, Brick),
        TextureName.Plaster => new Texture(256, Plaster),
        TextureName.Stone => new Texture(256, Stone),
        TextureName.FacadeFlat => new Texture(512, FacadeFlat),
        TextureName.FacadeBrick => new Texture(512, FacadeBrick),
        TextureName.FacadeOffice => new Texture(512, FacadeOffice),
        TextureName.FacadeOld => new Texture(512, FacadeOld),
        TextureName.ShopFront => new Texture(512, ShopFront),
        TextureName.RoofTiles => new Texture(128, RoofTiles),
        TextureName.Door => new Texture(128, Door),
        TextureName.Wood => new Texture(128, Wood),
        TextureName.NumberPlate => new Texture(64, NumberPlate),
        TextureName.Bark => new Texture(128, Bark),
        TextureName.Leaves => new Texture(256, Leaves, cutout: true),
        TextureName.Needles => new Texture(256, Needles, cutout: true),
        TextureName.Hedge => new Texture(256, Hedge),
        TextureName.ChainLink => new Texture(128, ChainLink, cutout: true),
        TextureName.Pickets => new Texture(128, Pickets, cutout: true),
        TextureName.SignStop => new Texture(64, SignStop, cutout: true),
        TextureName.SignSpeed => new Texture(64, SignSpeed, cutout: true),
        TextureName.SignYield => new Texture(64, SignYield, cutout: true),
        TextureName.SignParking => new Texture(64, SignParking, cutout: true),
        TextureName.SignCrossing => new Texture(64, SignCrossing, cutout: true),
        TextureName.Billboard => new Texture(128, Billboard),
        TextureName.Cloth => new Texture(64, Cloth),
        TextureName.Clouds => new Texture(512, Clouds),
        _ => new Texture(4, (_, _) => 0xFFFFFFFF),
    };

    /// <summary>Colour from red, green, blue in 0..1 and alpha in 0..255.</summary>
    private static uint Rgb(float r, float g, float b, uint alpha = 255)
    {
        static uint Byte(float x) => (uint)((Saturate(x) * 255) + 0.5f);
        return (alpha << 24) | (Byte(r) << 16) | (Byte(g) << 8) | Byte(b);
    }

    private static uint Grey(float value, uint alpha = 255) => Rgb(value, value, value, alpha);

    /// <summary>Smooth noise in 0..1 that repeats after <paramref name="period"/> cells; u and v count repeats of the texture.</summary>
    private static float Noise(float u, float v, int period, uint salt)
    {
        float x = u * period, y = v * period, bx = MathF.Floor(x), by = MathF.Floor(y);
        float fx = x - bx, fy = y - by;
        fx = fx * fx * (3 - (2 * fx));
        fy = fy * fy * (3 - (2 * fy));
        int x0 = Wrap((int)bx, period), y0 = Wrap((int)by, period), x1 = Wrap(x0 + 1, period), y1 = Wrap(y0 + 1, period);
        float top = Lerp(StableRandom.Lattice(x0, y0, salt), StableRandom.Lattice(x1, y0, salt), fx);
        float bottom = Lerp(StableRandom.Lattice(x0, y1, salt), StableRandom.Lattice(x1, y1, salt), fx);
        return Lerp(top, bottom, fy);
    }

    private static int Wrap(int x, int period) => ((x % period) + period) % period;

    /// <summary>Noise summed over octaves, about 0.5 on average, 0..1.</summary>
    private static float Fractal(float u, float v, int period, int octaves, uint salt)
    {
        float sum = 0, weight = 0.5f, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += weight * Noise(u, v, period, salt + (uint)i);
            total += weight;
            weight *= 0.55f;
            period *= 2;
        }
        return sum / total;
    }

    private static float Grain(int x, int y, uint salt) => StableRandom.Lattice(x, y, salt) - 0.5f;
}
