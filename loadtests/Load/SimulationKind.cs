namespace Realtime.Loadtests.Load;

/// <summary>What a <see cref="LoadSimulation"/> does.</summary>
internal enum SimulationKind
{
    /// <summary>Begins so many a second.</summary>
    Inject,

    /// <summary>Keeps so many at work.</summary>
    Constant,

    /// <summary>Nothing.</summary>
    Pause,
}
