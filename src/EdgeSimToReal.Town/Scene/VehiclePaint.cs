namespace EdgeSimToReal.Town.Scene;

/// <summary>Plausible vehicle colours.</summary>
internal static class VehiclePaint
{
    private static readonly uint[] Cars =
    [
        0xD8D8D6, 0xC9CCD0, 0x8E9196, 0x55585C, 0x1E2023, 0x15171A, 0x7E1618, 0xA02020, 0x1C3A70, 0x27508C, 0x3E5A46, 0xB8A988, 0xE4E2DA, 0x6B2A1E,
    ];

    private static readonly uint[] Work = [0xE8E8E4, 0xE8E8E4, 0xD8DADC, 0x27508C, 0xC8A018, 0x9C2A20, 0x5A7A50];

    private static readonly uint[] Buses = [0xB02420, 0xC8A018, 0x2C5C8C, 0xDADAD2];

    public static uint Pick(ref StableRandom random, ActorModel model) => model switch
    {
        ActorModel.Van or ActorModel.Truck => random.Pick<uint>(Work),
        ActorModel.Bus => random.Pick<uint>(Buses),
        _ => random.Pick<uint>(Cars),
    };
}
