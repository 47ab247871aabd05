using Realtime.Hosting.Configuration;
using Realtime.Log;

namespace Realtime.Tests.Hosting.Configuration;

public sealed class TemplateTests
{
    private const string Template =
        """
        # The configuration template that operators already have.
        connection_plane:
          gateway_instances: 4
          session_ttl_seconds: 301
          backpressure_threshold_bytes: 65537
          autoscaling:
            metric: active_connections
            target: 1501
            min: 3
            max: 21

        event_plane:
          partition_strategy: tenant_agent_hash
          retention_hours: 25
          max_queue_depth_per_partition: 5001
          backpressure:
            enabled: false
            pause_producer_threshold: 0.81
            resume_threshold: 0.51

        orchestration_plane:
          idempotency_window_hours: 49
          retry_policy:
            max_attempts: 4
            backoff_base_ms: 1001
            jitter_factor: 0.31
          dead_letter:
            enabled: false
            alert_on_overflow: false
        """;

    [Fact]
    public void Every_key_of_the_template_reaches_its_option()
    {
        CheckedConfiguration read = new TestConfiguration().Yaml(Template)
            .With<ConnectionPlaneOptions>().With<OrchestrationPlaneOptions>().With<LogOptions>().Read();

        Assert.Empty(read.Errors);
        Assert.Equal(
            new ConnectionPlaneOptions
            {
                GatewayInstances = 4,
                SessionTtlSeconds = 301,
                BackpressureThresholdBytes = 65_537,
                Autoscaling = new AutoscalingOptions { Target = 1_501, Min = 3, Max = 21 },
            },
            read.Get<ConnectionPlaneOptions>());
        Assert.Equal(
            new OrchestrationPlaneOptions
            {
                IdempotencyWindowHours = 49,
                RetryPolicy = new RetryPolicyOptions { MaxAttempts = 4, BackoffBaseMs = 1_001, JitterFactor = 0.31 },
                DeadLetter = new DeadLetterOptions { Enabled = false, AlertOnOverflow = false },
            },
            read.Get<OrchestrationPlaneOptions>());
        LogOptions log = read.Get<LogOptions>();
        Assert.Equal((25, 5_001), (log.RetentionHours, log.QueueDepthMax));
        Assert.Equal(
            new BackpressureOptions { Enabled = false, PauseThreshold = 0.81, ResumeThreshold = 0.51 },
            log.Backpressure);
    }

    [Fact]
    public void A_process_accepts_keys_that_only_others_use() =>
        Assert.Empty(new TestConfiguration().Yaml(Template).Errors());

    [Fact]
    public void No_file_means_defaults()
    {
        CheckedConfiguration read = new TestConfiguration().With<ConnectionPlaneOptions>().Read();

        Assert.Equal(new ConnectionPlaneOptions(), read.Get<ConnectionPlaneOptions>());
        Assert.Equal(300, read.Get<ConnectionPlaneOptions>().SessionTtlSeconds);
    }
}
