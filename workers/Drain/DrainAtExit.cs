using Realtime.Hosting.Processes;

namespace Realtime.Workers.Drain;

/// <summary>
/// The drain before the process ends, while everything is still served: probes, upgrades that are refused, and requests
/// in flight.
/// </summary>
internal sealed class DrainAtExit(WorkerDrain drain, DrainOptions options, ProcessOptions process)
    : IHostedLifecycleService
{
    // The rest is for requests in flight, and for what else has to stop.
    private const double Share = 0.9;

    public Task StoppingAsync(CancellationToken cancellationToken) => drain.LeaveAsync(
        new DrainOrder(process.ShutdownTimeout * Share, options.Pace, DrainOrder.Signal), cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
