using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Tests.Rendering;

/// <summary>Towns that many tests share (they are immutable), and a camera on a vehicle.</summary>
internal static class Towns
{
    private static readonly Lazy<TownScene> LazyBusy = new(() => new TownScene(new TownOptions { Seed = 1 }));
    private static readonly Lazy<TownScene> LazyEmpty = new(() => new TownScene(new TownOptions { Seed = 3, Vehicles = 0, Pedestrians = 0 }));

    public static TownScene Busy => LazyBusy.Value;

    public static TownScene Empty => LazyEmpty.Value;

    public static Pose Camera(Pose vehicle, float height = 1.6f) => vehicle with { Z = vehicle.Z + height };
}
