using System.Numerics;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Scene;

/// <content>Traffic lights and parked vehicles.</content>
internal sealed partial class TownBuilder
{
    private const uint RedLamp = 0x6C1410;
    private const uint AmberLamp = 0x6E4C0A;
    private const uint GreenLamp = 0x0C6C34;

    private void TrafficLights(RoadPlan.Junction junction)
    {
        for (int side = -1; side <= 1; side += 2)
        {
            // On the far right corner, with an arm over the lane; x is the driving direction.
            Affine approach = SideFrame(junction.Distance, side);
            Affine spot = approach with { Origin = approach.Apply(new Vector3(CornerAt + 0.9f, Edge + 1.0f, RoadPlan.KerbHeight)) };
            SignalPole(spot, junction.Index * 2, arm: 5.6f);
            if ((side < 0 ? junction.LeftLength : junction.RightLength) == 0)
                continue;
            var street = new Affine(-approach.Right, approach.Forward, approach.Up, approach.Origin);
            Affine across = street with { Origin = street.Apply(new Vector3(Edge + 1.2f, CornerAt + 0.6f, RoadPlan.KerbHeight)) };
            SignalPole(across, (junction.Index * 2) + 1, arm: 0);
        }
    }

    private void SignalPole(Affine spot, int signal, float arm)
    {
        MeshBuilder pole = Thing(spot);
        pole.Use(Material.Metal, TownTag.Pole, 0x787E82);
        float height = arm > 0 ? 5.6f : 3.1f;
        pole.Bar(new(0, 0, 0), new(0, 0, height), 0.1f, 0.07f, 8, ambientFrom: 0.6f);
        SignalHead(pole, new Vector3(-0.16f, 0, 2.35f), signal);
        if (arm > 0)
        {
            pole.Use(Material.Metal, TownTag.Pole, 0x787E82).Bar(new(0, 0, height - 0.2f), new(0, -arm, height + 0.25f), 0.07f, 0.045f, 7);
            SignalHead(pole, new Vector3(-0.14f, -arm + 0.2f, height - 0.25f), signal);
        }
    }

    private static void SignalHead(MeshBuilder pole, Vector3 at, int signal)
    {
        pole.Use(Material.LampHousing, TownTag.TrafficLight, 0x24282A);
        pole.Box(at + new Vector3(-0.12f, -0.17f, -0.5f), at + new Vector3(0.1f, 0.17f, 0.5f), 1, bottom: true);
        ReadOnlySpan<(Material Material, uint Tint)> lamps = [(Material.LampGreen, GreenLamp), (Material.LampAmber, AmberLamp), (Material.LampRed, RedLamp)];
        for (int i = 0; i < lamps.Length; i++)
        {
            Vector3 centre = at + new Vector3(-0.13f, 0, (i - 1) * 0.31f);
            pole.Use(lamps[i].Material, TownTag.TrafficLight, lamps[i].Tint);
            // The lamp's signal is kept in its texture coordinate; see TownRenderer.LampEmission.
            int first = pole.Add(centre, -Vector3.UnitX, signal, 0);
            for (int corner = 0; corner <= 8; corner++)
            {
                float angle = 6.2831853f * corner / 8;
                pole.Add(centre + new Vector3(0, 0.125f * StableMath.Cos(angle), 0.125f * StableMath.Sin(angle)), -Vector3.UnitX, signal, 0);
            }
            for (int corner = 0; corner < 8; corner++)
                pole.Triangle(first, first + 1 + corner, first + 2 + corner);
            pole.Use(Material.LampHousing, TownTag.TrafficLight, 0x1C2022);
            pole.Box(centre + new Vector3(-0.16f, -0.14f, 0.11f), centre + new Vector3(0, 0.14f, 0.14f), 1, bottom: true);
        }
    }

    private void ParkVehicles(ref StableRandom random)
    {
        for (int side = -1; side <= 1; side += 2)
        {
            for (double s = 20; s < plan.Path.Length - 6;)
            {
                float unit = random.Unit();
                ActorModel model = unit < 0.36f ? ActorModel.Sedan : unit < 0.62f ? ActorModel.Hatchback : unit < 0.82f ? ActorModel.OffRoader
                    : unit < 0.93f ? ActorModel.Van : ActorModel.Truck;
                float length = ActorMeshes.HalfExtents(model).X * 2;
                double middle = s + (length / 2);
                bool allowed = IsParkingStreet(middle) && NearestJunction(middle) > 15 + (length / 2) && random.Chance(0.55f);
                if (allowed)
                    Park(middle, side, model, ref random);
                s += length + random.Range(0.8f, allowed ? 2.5f : 7);
            }
        }
        // A few cars in the side streets.
        foreach (RoadPlan.Junction junction in plan.Junctions)
        {
            for (int side = -1; side <= 1; side += 2)
            {
                float length = side < 0 ? junction.LeftLength : junction.RightLength;
                Affine street = SideFrame(junction.Distance, side);
                for (float y = 24; y < length; y += random.Range(9, 24))
                {
                    float x = random.Chance(0.5f) ? 3.1f : -3.1f;
                    Vector3 at = street.Apply(new Vector3(x, y, 0));
                    float yaw = (float)StableMath.Atan2(street.Right.Y, street.Right.X) / StableMath.DegreesToRadians;
                    ActorModel model = random.Pick<ActorModel>([ActorModel.Sedan, ActorModel.Hatchback, ActorModel.OffRoader]);
                    Park(new Pose(at.X, at.Y, 0, 0, x > 0 ? yaw : yaw + 180, 0), model, ref random);
                }
            }
        }
    }

    private void Park(double distance, int side, ActorModel model, ref StableRandom random)
    {
        float lateral = side * (Edge - 0.22f - ActorMeshes.HalfExtents(model).Y - random.Range(0, 0.15f));
        Pose pose = plan.Path.PoseAt(distance, lateral, side < 0);
        Park(pose with { Yaw = pose.Yaw + random.Range(-1.2f, 1.2f) }, model, ref random);
    }

    private void Park(in Pose pose, ActorModel model, ref StableRandom random)
    {
        ushort id = NewInstance();
        var actor = new TownActor(id, model, VehiclePaint.Pick(ref random, model), pose, random.Range(0, 2), 0);
        Span<DrawPart> parts = new DrawPart[ActorMeshes.MaximumParts];
        int count = actors.Place(in actor, parts);
        MeshBuilder builder = At(new Vector3(pose.X, pose.Y, 0), Layer.Props);
        for (int i = 0; i < count; i++)
            builder.Append(parts[i].Mesh, in parts[i].Place, parts[i].Colour, id);
        _parked.Add(actor);
    }
}
