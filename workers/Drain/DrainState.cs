namespace Realtime.Workers.Drain;

/// <summary>Whether the worker is in service.</summary>
internal enum DrainState
{
    /// <summary>It takes connections.</summary>
    Serving,

    /// <summary>It takes none, and sends away those that it has.</summary>
    Draining,

    /// <summary>None is left; the process lives, and serves requests.</summary>
    Drained,
}
