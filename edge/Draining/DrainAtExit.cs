using Realtime.Hosting.Processes;

namespace Realtime.Edge.Draining;

/// <summary>
/// The drain before the process ends, while everything is still served: probes, requests, and what is open.
/// </summary>
internal sealed class DrainAtExit(EdgeDrain drain, EdgeDrainOptions options, ProcessOptions process)
    : IHostedLifecycleService
{
    // The rest is for requests in flight, and for what else has to stop.
    private const double Share = 0.9;

    public Task StoppingAsync(CancellationToken cancellationToken) => drain.LeaveAsync(
        new EdgeDrainOrder(process.ShutdownTimeout * Share, options.Pace, "signal"), cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
