using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Origins;
using Realtime.Edge.Tls;
using Realtime.Protocol;

namespace Realtime.Edge;

/// <summary>What an edge is: its name, where it listens, and the workers behind it.</summary>
internal sealed record EdgeOptions : IValidatableObject
{
    public const string Section = "connection_plane:edge";

    /// <summary>
    /// Most workers that one edge knows: ranking them is linear, and every one is probed each second.
    /// </summary>
    public const int WorkersMax = 1_000;

    private readonly string _defaultId =
        $"edge-{Environment.MachineName}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";

    /// <summary>
    /// Name of this edge in logs and on everything it forwards, unique among edges: workers send away what came by the
    /// one that drains. Default: <c>edge-</c>, the host's name and four random characters, since two may share a host.
    /// </summary>
    [ConfigurationKeyName("id")]
    public string? Id { get; init; }

    /// <summary>
    /// Where clients connect (default <c>https://127.0.0.1:8443</c>; port 0 takes a free one). Name a public address on
    /// purpose: <c>https://0.0.0.0:8443</c>.
    /// </summary>
    [ConfigurationKeyName("listen"), ListenAddress]
    public string Listen { get; init; } = "https://127.0.0.1:8443";

    /// <summary>
    /// Where clients without TLS are sent to <see cref="Listen"/> by 308, and nothing else (default none): such as
    /// <c>http://0.0.0.0:8080</c>.
    /// </summary>
    [ConfigurationKeyName("http_listen"), ListenAddress(ListenAddress.Http)]
    public string? HttpListen { get; init; }

    /// <summary>
    /// What clients call this edge, where that is not what their requests name, as behind a proxy (default none):
    /// <c>https://host[:port]</c>. Pages of this origin are the edge's own, and redirects lead there.
    /// </summary>
    [ConfigurationKeyName("public_url")]
    public string? PublicUrl { get; init; }

    /// <summary>Where operators connect (default <c>https://127.0.0.1:9443</c>; port 0 takes a free one).</summary>
    [ConfigurationKeyName("admin_listen"), ListenAddress]
    public string AdminListen { get; init; } = "https://127.0.0.1:9443";

    /// <summary>The workers (1 to 1,000; no default).</summary>
    [ConfigurationKeyName("workers")]
    public ImmutableArray<WorkerOptions> Workers { get; init; } = [];

    /// <summary>The name, configured or not.</summary>
    public string EdgeId => Id ?? _defaultId;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!EntityName.IsValid(EdgeId))
        {
            yield return new($"must be {EntityName.Rule}; give the edge a name", [nameof(Id)]);
        }

        if (PublicUrl is not null && (!PublicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || !AllowedOrigin.TryParse(PublicUrl, out _)))
        {
            yield return new(
                "must be https:// and a host, without a path, such as https://live.example.org", [nameof(PublicUrl)]);
        }

        if (Workers.Length is 0 or > WorkersMax)
        {
            yield return new($"must list 1 to {WorkersMax} workers; give each an id and an address", [nameof(Workers)]);
        }

        foreach (string id in Workers.GroupBy(worker => worker.Id).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            yield return new($"must not name the worker '{id}' twice; give each its own id", [nameof(Workers)]);
        }
    }
}
