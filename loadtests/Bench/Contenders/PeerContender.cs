using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>A peer: clients without TLS, straight at it.</summary>
internal sealed class PeerContender(PeerProgram peer) : IContender
{
    private IReadOnlyList<string> _program = [];

    /// <inheritdoc/>
    public string Name => peer.Name;

    /// <inheritdoc/>
    public string Summary => peer.Summary;

    /// <inheritdoc/>
    public async Task PrepareAsync(BenchOptions options, CancellationToken stopping)
    {
        _program = await peer.FindAsync(!options.Target.NoBuild, stopping);
    }

    /// <inheritdoc/>
    public async Task<IStartedSystem> StartAsync(
        BenchOptions options, TimeProvider time, CancellationToken stopping) =>
        await PeerSystem.StartAsync(peer, _program, options.Target.Redis ?? RedisChoice.Started, time, stopping);
}
