namespace EdgeSimToReal.Carla.Camera;

/// <summary>What a server has left of a session.</summary>
internal enum SessionState
{
    /// <summary>Its cameras are there: subscribing again is enough.</summary>
    Intact,

    /// <summary>Another map was loaded: all actors are gone.</summary>
    OtherEpisode,

    /// <summary>Somebody destroyed its cameras.</summary>
    SensorDestroyed,
}
