using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios;

/// <summary>
/// One run of a scenario, driven by <see cref="ScenarioExecution"/>:
/// <code>
///   InitAsync --> LoadAsync: |-- warm-up --|-- measured --|  --> CleanAsync --> Result
/// </code>
/// </summary>
internal interface IScenarioRun : IAsyncDisposable
{
    /// <summary>What is counted and timed; the same ones all the time.</summary>
    IReadOnlyList<Step> Steps { get; }

    /// <summary>Makes what the load needs: connections, subscriptions, data.</summary>
    Task InitAsync(CancellationToken stopping);

    /// <summary>Puts the load on, and returns when all of it is answered.</summary>
    Task LoadAsync(LoadWindow window, CancellationToken stopping);

    /// <summary>Waits for what is late, and closes all; what was counted is final then.</summary>
    Task CleanAsync(CancellationToken stopping);

    /// <summary>The figures; after <see cref="CleanAsync"/>.</summary>
    RunResult Result(Measured measured);

    /// <summary>
    /// Counts of what must not happen, as they stand now: where one of them breaks its threshold, a run that may be
    /// aborted is.
    /// </summary>
    IEnumerable<Figure> Live() => [];
}
