namespace EdgeSimToReal.Training.Tests.Configuration;

public enum GardenKind
{
    KitchenGarden,
    Park,
}
