using Microsoft.Extensions.Logging;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>The keys of the identity provider of this process, if it has one that publishes them.</summary>
internal sealed class JwksSource(
    AuthOptions options, JwksMetrics metrics, TimeProvider clock, ILogger<JwksKeys> logger) : IAsyncDisposable
{
    /// <summary>The keys; null if no address of keys is configured.</summary>
    public JwksKeys? Keys { get; } =
        options.JwksUrl is null ? null : new JwksKeys(options, metrics, clock, logger);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Keys?.DisposeAsync() ?? ValueTask.CompletedTask;
}
