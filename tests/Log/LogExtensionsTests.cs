using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Hosting.Configuration;
using Realtime.Log;
using Realtime.Log.Memory;

namespace Realtime.Tests.Log;

public sealed class LogExtensionsTests
{
    [Fact]
    public void The_template_of_the_configuration_binds()
    {
        LogOptions options = Bind(
            ("partition_strategy", "tenant_agent_hash"), ("retention_hours", "12"),
            ("max_queue_depth_per_partition", "700"), ("backpressure:enabled", "false"),
            ("backpressure:pause_producer_threshold", "0.7"), ("backpressure:resume_threshold", "0.4"));

        Assert.Equal(12, options.RetentionHours);
        Assert.Equal(12 * 3_600_000, options.RetentionMs);
        Assert.Equal(700, options.QueueDepthMax);
        Assert.Equal(
            new BackpressureOptions { Enabled = false, PauseThreshold = 0.7, ResumeThreshold = 0.4 },
            options.Backpressure);
    }

    [Fact]
    public void Every_other_key_binds_too()
    {
        LogOptions options = Bind(
            ("partitions", "8"), ("entries_per_stream_max", "9"), ("idempotency_window", "5m"),
            ("idempotency_keys_per_stream_max", "10"), ("state_keys_per_stream_max", "11"),
            ("stored_bytes_per_tenant_max", "80000"), ("sweep_interval", "5s"),
            ("terminal:retention_bytes", "2048"), ("terminal:retention_after_end", "1h"),
            ("terminal:idle_end", "2h"), ("terminal:retained_per_tenant_max", "12"),
            ("memory:stored_bytes_max", "2MiB"));

        Assert.Equal(
            new LogOptions
            {
                Partitions = 8,
                EntriesPerStreamMax = 9,
                IdempotencyWindow = TimeSpan.FromMinutes(5),
                IdempotencyKeysPerStreamMax = 10,
                StateKeysPerStreamMax = 11,
                StoredBytesPerTenantMax = 80_000,
                SweepInterval = TimeSpan.FromSeconds(5),
                Terminal = new TerminalLogOptions
                {
                    RetentionBytes = 2048,
                    RetentionAfterEnd = TimeSpan.FromHours(1),
                    IdleEnd = TimeSpan.FromHours(2),
                    RetainedPerTenantMax = 12,
                },
                Memory = new MemoryLogOptions { StoredBytesMax = 2 * 1024 * 1024 },
            },
            options);
        Assert.Equal(10_000, options.StoredBytesPerStreamMax);
    }

    [Fact]
    public void Defaults_are_valid() => Assert.Equal(new LogOptions(), Bind());

    [Fact]
    public void Bad_values_are_told_all_at_once()
    {
        ConfigurationErrorException bad = Assert.Throws<ConfigurationErrorException>(() => Bind(
            ("partitions", "0"), ("partition_strategy", "random"), ("sweep_interval", "0s"),
            ("terminal:retention_bytes", "1"), ("memory:stored_bytes_max", "1"),
            ("backpressure:pause_producer_threshold", "0.4")));

        string[] named =
        [
            "event_plane:backpressure:resume_threshold", "event_plane:memory:stored_bytes_max",
            "event_plane:partition_strategy", "event_plane:partitions", "event_plane:sweep_interval",
            "event_plane:terminal:retention_bytes",
        ];
        Assert.Equal(named, bad.Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_redis_the_log_is_embedded_and_not_durable()
    {
        await using ServiceProvider services = Services();

        IPartitionedLog log = services.GetRequiredService<IPartitionedLog>();

        Assert.IsType<MemoryLog>(log);
        Assert.False(log.IsDurable);
        Assert.Equal(16, log.PartitionCount);
    }

    [Fact]
    public async Task A_log_that_is_there_already_is_shared()
    {
        await using MemoryLog shared = new(new LogOptions(), TimeProvider.System, NullLogger<MemoryLog>.Instance);
        ServiceCollection services = new();
        services.AddSingleton<IPartitionedLog>(shared);
        services.AddPartitionedLog(Configuration());
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            Assert.Same(shared, provider.GetRequiredService<IPartitionedLog>());
        }

        await shared.CheckAsync(CancellationToken.None);
    }

    private static LogOptions Bind(params (string Key, string Value)[] settings)
    {
        using ServiceProvider services = Services(settings);
        return services.GetRequiredService<LogOptions>();
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = Configuration(settings);
        return new ServiceCollection()
            .AddLogging().AddSingleton(configuration).AddPartitionedLog(configuration).BuildServiceProvider();
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"event_plane:{s.Key}", (string?)s.Value)))
            .Build();
}
