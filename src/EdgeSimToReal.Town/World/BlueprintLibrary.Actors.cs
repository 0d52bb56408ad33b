using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.World;

/// <content>Vehicles, walkers and props.</content>
internal sealed partial class BlueprintLibrary
{
    // Tags of 0.9.14 and later: 1..19 are the Cityscapes trainIds + 1.
    private const byte Car = 14;
    private const byte Truck = 15;
    private const byte Bus = 16;
    private const byte Motorcycle = 18;
    private const byte Bicycle = 19;
    private const byte Pedestrian = 12;
    private const byte Static = 20;
    private const byte Dynamic = 21;

    private static readonly string[] Colors = ["17,37,103", "66,66,66", "137,0,0", "180,44,44", "0,0,0", "255,255,255"];

    private void AddVehicles()
    {
        AddVehicle("vehicle.tesla.model3", "car", 4, 2, new(2.396f, 1.082f, 0.744f), Car);
        AddVehicle("vehicle.audi.a2", "car", 4, 1, new(1.853f, 0.894f, 0.775f), Car);
        AddVehicle("vehicle.audi.tt", "car", 4, 1, new(2.091f, 0.997f, 0.693f), Car);
        AddVehicle("vehicle.audi.etron", "car", 4, 1, new(2.428f, 1.016f, 0.825f), Car);
        AddVehicle("vehicle.bmw.grandtourer", "car", 4, 1, new(2.306f, 1.121f, 0.834f), Car);
        AddVehicle("vehicle.chevrolet.impala", "car", 4, 1, new(2.679f, 1.017f, 0.705f), Car);
        AddVehicle("vehicle.citroen.c3", "car", 4, 1, new(1.994f, 0.925f, 0.812f), Car);
        AddVehicle("vehicle.dodge.charger_2020", "car", 4, 2, new(2.503f, 1.058f, 0.768f), Car);
        AddVehicle("vehicle.ford.mustang", "car", 4, 1, new(2.359f, 0.947f, 0.65f), Car);
        AddVehicle("vehicle.jeep.wrangler_rubicon", "car", 4, 1, new(1.933f, 0.953f, 0.939f), Car);
        AddVehicle("vehicle.lincoln.mkz_2020", "car", 4, 2, new(2.446f, 1.092f, 0.745f), Car);
        AddVehicle("vehicle.mercedes.coupe_2020", "car", 4, 2, new(2.337f, 1.001f, 0.721f), Car);
        AddVehicle("vehicle.mini.cooper_s", "car", 4, 1, new(1.903f, 0.985f, 0.738f), Car);
        AddVehicle("vehicle.nissan.micra", "car", 4, 1, new(1.817f, 0.923f, 0.765f), Car);
        AddVehicle("vehicle.nissan.patrol_2021", "car", 4, 2, new(2.783f, 1.076f, 1.023f), Car);
        AddVehicle("vehicle.seat.leon", "car", 4, 1, new(2.096f, 0.908f, 0.737f), Car);
        AddVehicle("vehicle.toyota.prius", "car", 4, 1, new(2.257f, 1.003f, 0.763f), Car);
        AddVehicle("vehicle.volkswagen.t2", "van", 4, 1, new(2.24f, 1.035f, 1.019f), Car);
        AddVehicle("vehicle.carlamotors.carlacola", "truck", 4, 1, new(2.602f, 1.307f, 1.234f), Truck);
        AddVehicle("vehicle.mitsubishi.fusorosa", "bus", 4, 2, new(5.136f, 1.972f, 2.126f), Bus);
        AddVehicle("vehicle.kawasaki.ninja", "motorcycle", 2, 1, new(1.017f, 0.398f, 0.723f), Motorcycle);
        AddVehicle("vehicle.yamaha.yzf", "motorcycle", 2, 1, new(1.105f, 0.435f, 0.732f), Motorcycle);
        AddVehicle("vehicle.bh.crossbike", "bicycle", 2, 1, new(0.744f, 0.429f, 0.55f), Bicycle);
        AddVehicle("vehicle.gazelle.omafiets", "bicycle", 2, 1, new(0.918f, 0.172f, 0.55f), Bicycle);
    }

    private void AddVehicle(string id, string baseType, int wheels, int generation, Vector3D extent, byte tag)
    {
        List<ActorAttribute> attributes =
        [
            Fixed("number_of_wheels", AttributeKind.Integer, Text(wheels)),
            Bool("sticky_control", true),
            Fixed("object_type", AttributeKind.Text, ""),
            Attribute("color", AttributeKind.Color, Colors[_blueprints.Count % Colors.Length], Colors),
            String("role_name", "autopilot", "autopilot", "scenario", "ego_vehicle"),
        ];
        if (_profile.MapInfoFields == 2) // 0.9.12 and later tell the model's generation, 0.9.14 and later its type
            attributes.Insert(0, Fixed("generation", AttributeKind.Integer, Text(generation)));
        if (_profile.HasSensorToken)
            attributes.Insert(1, Fixed("base_type", AttributeKind.Text, baseType));
        Add(id, ActorKind.Vehicle, [.. attributes], extent, tag);
    }

    private void AddWalkers()
    {
        for (int number = 1; number <= 12; number++)
        {
            Add(
                $"walker.pedestrian.{number:0000}",
                ActorKind.Walker,
                [
                    Fixed("gender", AttributeKind.Text, number % 2 == 1 ? "female" : "male"),
                    Fixed("age", AttributeKind.Text, number > 8 ? "child" : "adult"),
                    Attribute("speed", AttributeKind.Float, "1.4", "0.0", "1.4", "2.8"),
                    Bool("is_invincible", true),
                    String("role_name", "pedestrian", "pedestrian"),
                ],
                number > 8 ? new(0.25f, 0.25f, 0.55f) : new(0.188f, 0.188f, 0.93f),
                Pedestrian);
        }
        Add("controller.ai.walker", ActorKind.Controller, [String("role_name", "default", "default")]);
    }

    private void AddProps()
    {
        (string Name, float X, float Y, float Z, byte Tag)[] props =
        [
            ("trafficcone01", 0.2f, 0.2f, 0.35f, Dynamic),
            ("constructioncone", 0.17f, 0.17f, 0.29f, Dynamic),
            ("streetbarrier", 0.19f, 0.6f, 0.53f, Dynamic),
            ("trashcan01", 0.36f, 0.36f, 0.6f, Dynamic),
            ("bench01", 0.35f, 0.75f, 0.48f, Static),
            ("mailbox", 0.25f, 0.28f, 0.6f, Static),
            ("box01", 0.3f, 0.3f, 0.3f, Dynamic),
            ("plantpot01", 0.4f, 0.4f, 0.4f, Static),
            ("advertisement", 0.4f, 1.2f, 1.3f, Static),
            ("busstop", 1.0f, 2.2f, 1.4f, Static),
        ];
        foreach ((string name, float x, float y, float z, byte tag) in props)
        {
            Add(
                $"static.prop.{name}",
                ActorKind.StaticProp,
                [Fixed("size", AttributeKind.Text, "small"), String("role_name", "prop", "prop")],
                new(x, y, z),
                tag);
        }
    }
}
