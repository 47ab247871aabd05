using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Metrics;

/// <summary>Where a process sends what it measures by OTLP, if anywhere.</summary>
public sealed record OtlpOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "telemetry:otlp";

    /// <summary>
    /// The collector's base address, such as <c>http://collector:4318</c>; <c>/v1/metrics</c> is added for HTTP.
    /// Default none: nothing is sent.
    /// </summary>
    [ConfigurationKeyName("endpoint")]
    public string? Endpoint { get; init; }

    /// <summary>How it is spoken: <c>http_protobuf</c> (default) or <c>grpc</c>.</summary>
    [ConfigurationKeyName("protocol")]
    public OtlpProtocol Protocol { get; init; } = OtlpProtocol.HttpProtobuf;

    /// <summary>
    /// Headers that go with it, each <c>name=value</c> (default none, at most 20); never shown, since they mostly hold
    /// a key.
    /// </summary>
    [ConfigurationKeyName("headers")]
    public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>How often metrics are sent (1 s to 10 min; default 15 s).</summary>
    [ConfigurationKeyName("metrics_interval"), DurationRange("1s", "10m")]
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one sending may take (100 ms to 1 min; default 10 s).</summary>
    [ConfigurationKeyName("timeout"), DurationRange("100ms", "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && (!Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.Query.Length > 0 || address.UserInfo.Length > 0))
        {
            yield return new(
                "must be http:// or https:// and a host, without user and query; keys belong into headers",
                [nameof(Endpoint)]);
        }

        // The value is not told: it mostly is a secret.
        if (Headers.Length > 20 || Headers.Any(static header => !IsHeader(header)))
        {
            yield return new(
                "must be at most 20 of the form name=value, of characters that a header may have; write them so",
                [nameof(Headers)]);
        }
    }

    private static bool IsHeader(string header)
    {
        int end = header.IndexOf('=', StringComparison.Ordinal);
        return end > 0 && header[..end].All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && header.All(static c => c is >= ' ' and <= '~' and not ',');
    }
}
