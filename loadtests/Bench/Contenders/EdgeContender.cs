using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>Edges before a worker's stand-in: what the edge's copy costs.</summary>
internal sealed class EdgeContender : IContender
{
    private string _program = string.Empty;

    /// <inheritdoc/>
    public string Name => "realtime-edge";

    /// <inheritdoc/>
    public string Summary => "edge with TLS before a worker's stand-in";

    /// <inheritdoc/>
    public async Task PrepareAsync(BenchOptions options, CancellationToken stopping) =>
        _program = await ServerProgram.Edge.FindAsync(!options.Target.NoBuild, stopping);

    /// <inheritdoc/>
    public async Task<IStartedSystem> StartAsync(
        BenchOptions options, TimeProvider time, CancellationToken stopping) =>
        await ProxySystem.StartEdgesAsync(_program, options.Target.Edges, time, stopping);
}
