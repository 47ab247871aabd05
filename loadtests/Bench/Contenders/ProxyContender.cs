using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>Another proxy before a worker's stand-in: beside <see cref="EdgeContender"/>.</summary>
internal sealed class ProxyContender(ProxyProgram program) : IContender
{
    /// <inheritdoc/>
    public string Name => program.Name;

    /// <inheritdoc/>
    public string Summary => $"{program.Name} with TLS before a worker's stand-in";

    /// <inheritdoc/>
    public Task PrepareAsync(BenchOptions options, CancellationToken stopping)
    {
        PeerFolder.RequireProgram(program.Name, program.Package);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IStartedSystem> StartAsync(
        BenchOptions options, TimeProvider time, CancellationToken stopping) =>
        await ProxySystem.StartAsync(program, time, stopping);
}
