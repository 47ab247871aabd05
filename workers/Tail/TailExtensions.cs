using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>Following the log for this worker's viewers.</summary>
internal static class TailExtensions
{
    public static IServiceCollection AddTails(this IServiceCollection services)
    {
        services.AddRealtimeOptions<TailOptions>();
        services.AddRealtimeOptions<TerminalTailOptions>();
        services.TryAddSingleton<EventDecoder>();
        services.TryAddSingleton<LogWatch>();
        services.AddMetricsOf<TailMetrics>().AddMetricsOf<TailStateMetrics>();
        services.TryAddSingleton<LossNotices>();
        services.TryAddSingleton<ReportBeat>();
        services.AddMetricsOf<TerminalMetrics>();
        services.TryAddSingleton<TerminalMemory>();
        services.TryAddSingleton<TerminalReads>();
        services.TryAddSingleton(static provider => new TailServices
        {
            Log = provider.GetRequiredService<IPartitionedLog>(),
            Options = provider.GetRequiredService<TailOptions>(),
            Decoder = provider.GetRequiredService<EventDecoder>(),
            Watch = provider.GetRequiredService<LogWatch>(),
            Metrics = provider.GetRequiredService<TailMetrics>(),
            Reports = provider.GetRequiredService<ReportBeat>(),
            Losses = provider.GetRequiredService<LossNotices>(),
            TerminalOptions = provider.GetRequiredService<TerminalTailOptions>(),
            Terminals = provider.GetRequiredService<TerminalMemory>(),
            TerminalMetrics = provider.GetRequiredService<TerminalMetrics>(),
            TerminalReads = provider.GetRequiredService<TerminalReads>(),
            Clock = provider.GetRequiredService<TimeProvider>(),
            Logger = provider.GetRequiredService<ILogger<StreamTail>>(),
            // Next to the depth at which producers are slowed down, it is nothing.
            ReportStep = provider.GetRequiredService<LogOptions>().QueueDepthMax / 64,
            ReaderId = provider.GetRequiredService<WorkerOptions>().Name,
            StateKeysMax = provider.GetRequiredService<LogOptions>().StateKeysPerStreamMax,
            StateRetention = TimeSpan.FromHours(provider.GetRequiredService<LogOptions>().RetentionHours),
            ConflationInterval = provider.GetRequiredService<DeliveryOptions>().ConflationInterval,
        });
        services.TryAddSingleton(static provider => new TailRegistry<StreamKey, StreamTail>(
            stream => new StreamTail(stream, provider.GetRequiredService<TailServices>()),
            static tail => tail.Opened,
            provider.GetRequiredService<TailOptions>(),
            ActivatorUtilities.CreateInstance<TailLimit>(provider),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new TailRegistry<TerminalKey, TerminalTail>(
            terminal => new TerminalTail(terminal, provider.GetRequiredService<TailServices>()),
            static tail => tail.Opened,
            provider.GetRequiredService<TailOptions>(),
            ActivatorUtilities.CreateInstance<TailLimit>(provider),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
