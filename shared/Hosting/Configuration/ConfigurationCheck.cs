using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Refuses a wrong configuration before any part of the process starts, also where nobody runs it by HostRunner.
/// </summary>
internal sealed class ConfigurationCheck(CheckedConfiguration configuration) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        configuration.ThrowIfWrong();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
