namespace Realtime.Loadtests.Targets;

/// <summary>A system that was started for one run, and ends with it.</summary>
internal interface IStartedSystem : IAsyncDisposable
{
    /// <summary>How it is reached, and what its processes are.</summary>
    Target Target { get; }
}
