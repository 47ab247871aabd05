using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;

namespace Realtime.Hosting.Metrics;

/// <summary>Whether a process measures itself, and who may read it.</summary>
public sealed record MetricsOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "telemetry:metrics";

    /// <summary>
    /// Whether measurements are kept (default true): for <c>GET /metrics</c>, and for OTLP where that is configured.
    /// </summary>
    [ConfigurationKeyName("enabled")]
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Bearer token of those who read <c>/metrics</c>, at least 16 characters; it opens nothing else. Without it and
    /// the file (default) a worker's is open to whoever reaches its port, and an edge's to operators alone.
    /// </summary>
    [ConfigurationKeyName("token")]
    public string? Token { get; init; }

    /// <summary>
    /// File that holds such tokens, 1 to 5, one a line, all accepted. Read again when it changes.
    /// </summary>
    [ConfigurationKeyName("token_file")]
    public string? TokenFile { get; init; }

    /// <summary>
    /// How long <c>/metrics</c> may take, the wait for another reader's turn included (100 ms to 1 min; default 5 s):
    /// then it is 503.
    /// </summary>
    [ConfigurationKeyName("scrape_timeout"), DurationRange("100ms", "1m")]
    public TimeSpan ScrapeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Series of one metric (50 to 10,000; default 200; of those with a partition at least as many as partitions).
    /// What comes beyond is added up as one with <c>otel_metric_overflow="true"</c>.
    /// </summary>
    [ConfigurationKeyName("series_max"), Range(50, 10_000)]
    public int SeriesMax { get; init; } = 200;

    /// <summary>
    /// Further meters of the frameworks to show, by name, such as <c>Microsoft.AspNetCore.Server.Kestrel</c> (default
    /// none, at most 20). Their names and labels are not ours.
    /// </summary>
    [ConfigurationKeyName("meters")]
    public ImmutableArray<string> Meters { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Token is not null && TokenFile is not null)
        {
            yield return new("must be set here or by token_file, not both; remove one", [nameof(Token)]);
        }

        if (Token is { Length: < BearerTokens.LengthMin })
        {
            yield return new(
                $"must have at least {BearerTokens.LengthMin} characters; make one with: openssl rand -hex 32",
                [nameof(Token)]);
        }
        else if (Token is not null && !DevelopmentMode.IsOn(validationContext) && PublicSecrets.Contains(Token))
        {
            yield return new($"{PublicSecrets.Rule}; {PublicSecrets.Cure}", [nameof(Token)]);
        }

        if (TokenFile is not null && !File.Exists(TokenFile))
        {
            yield return new("must be a readable file; create it, or correct the path", [nameof(TokenFile)]);
        }

        if (Meters.Length > 20 || Meters.Any(static name => name.Contains('*', StringComparison.Ordinal)))
        {
            yield return new("must be at most 20 names, each of one meter; write them out", [nameof(Meters)]);
        }
    }
}
