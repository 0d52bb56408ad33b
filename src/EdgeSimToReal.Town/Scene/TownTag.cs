namespace EdgeSimToReal.Town.Scene;

/// <summary>The semantic class of a surface: the numbers of CARLA 0.9.14 and later (<c>LabelSpaces.Carla29</c>).</summary>
public enum TownTag : byte
{
    /// <summary>No label.</summary>
    Unlabeled = 0,

    /// <summary>Carriageway without its paint.</summary>
    Road = 1,

    /// <summary>Pavements and kerbs.</summary>
    Sidewalk = 2,

    /// <summary>Buildings with all that is fixed to them.</summary>
    Building = 3,

    /// <summary>Free-standing walls.</summary>
    Wall = 4,

    /// <summary>Fences of any material.</summary>
    Fence = 5,

    /// <summary>Poles of signs, lights and lamps.</summary>
    Pole = 6,

    /// <summary>The heads of traffic lights.</summary>
    TrafficLight = 7,

    /// <summary>The plates of traffic signs.</summary>
    TrafficSign = 8,

    /// <summary>Trees, bushes, hedges.</summary>
    Vegetation = 9,

    /// <summary>Grass and soil.</summary>
    Terrain = 10,

    /// <summary>The sky.</summary>
    Sky = 11,

    /// <summary>Walking people.</summary>
    Pedestrian = 12,

    /// <summary>People on two wheels.</summary>
    Rider = 13,

    /// <summary>Cars and vans.</summary>
    Car = 14,

    /// <summary>Trucks.</summary>
    Truck = 15,

    /// <summary>Buses.</summary>
    Bus = 16,

    /// <summary>Trains.</summary>
    Train = 17,

    /// <summary>Motorcycles without their riders.</summary>
    Motorcycle = 18,

    /// <summary>Bicycles without their riders.</summary>
    Bicycle = 19,

    /// <summary>Street furniture that can't move: benches, hydrants, bus shelters.</summary>
    Static = 20,

    /// <summary>Things that could be moved: bins, boxes, cones.</summary>
    Dynamic = 21,

    /// <summary>Anything else.</summary>
    Other = 22,

    /// <summary>Water.</summary>
    Water = 23,

    /// <summary>Paint on the road.</summary>
    RoadLine = 24,

    /// <summary>Other horizontal ground, such as car parks.</summary>
    Ground = 25,

    /// <summary>Bridges.</summary>
    Bridge = 26,

    /// <summary>Rails.</summary>
    RailTrack = 27,

    /// <summary>Crash barriers.</summary>
    GuardRail = 28,
}
