using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>
/// The product: edges with TLS, workers and Redis, or workers and Redis alone, which clients reach by signed stamps.
/// </summary>
internal sealed class RealtimeContender(bool hasEdge) : IContender
{
    private SystemPrograms? _programs;

    /// <inheritdoc/>
    public string Name => hasEdge ? "realtime" : "realtime-worker";

    /// <inheritdoc/>
    public string Summary => hasEdge
        ? "edge with TLS, worker, Redis (appendfsync always)"
        : "worker and Redis, clients without TLS straight at the worker";

    /// <inheritdoc/>
    public async Task PrepareAsync(BenchOptions options, CancellationToken stopping) =>
        _programs = await SystemPrograms.FindAsync(
            devhost: false, processes: true, !options.Target.NoBuild, stopping);

    /// <inheritdoc/>
    public async Task<IStartedSystem> StartAsync(
        BenchOptions options, TimeProvider time, CancellationToken stopping) =>
        await ProcessSystem.StartAsync(
            _programs!, options.Target with { Edges = hasEdge ? options.Target.Edges : 0 }, time, stopping);
}
