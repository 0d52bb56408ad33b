using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Streams;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>Moves a vehicle, a step at a time.</summary>
internal interface IVehicleDriver
{
    /// <summary>Sends what the next simulated step needs. Allocates nothing.</summary>
    /// <param name="deltaSeconds">Simulated seconds.</param>
    void Step(float deltaSeconds);

    /// <summary>The same drive over another connection.</summary>
    IVehicleDriver On(CarlaClient client, WorldObserver observer);
}
