using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Metrics;

/// <summary>Begins to keep what is measured, before anything is served: sums count from there.</summary>
internal sealed class MetricsStart(
    MetricsOptions options, IEnumerable<MadeAtStart> instruments, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Enabled)
        {
            services.GetRequiredService<MetricsPipeline>();
            foreach (MadeAtStart one in instruments)
            {
                one.Make(services);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
