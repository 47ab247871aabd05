using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using Realtime.Hosting.Health;
using Realtime.Protocol;

namespace Realtime.Workers;

/// <summary>What one worker process is.</summary>
internal sealed record WorkerOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:worker";

    private readonly string _defaultName = string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");

    /// <summary>
    /// Its name in logs, for edges and for the log, unique among workers. Default: the machine's name, the process id
    /// and four random characters, because one process may hold several workers.
    /// </summary>
    [ConfigurationKeyName("id"), StringLength(EntityName.LengthMax, MinimumLength = 1)]
    public string? Id { get; init; }

    /// <summary><see cref="Id"/>, or its default.</summary>
    public string Name => Id ?? _defaultName;

    /// <summary>
    /// Where it listens for edges: <c>http://ADDRESS:PORT</c>, port 0 = a free one. Default
    /// <c>http://127.0.0.1:7001</c>.
    /// </summary>
    [ConfigurationKeyName("listen"), Required]
    public string Listen { get; init; } = "http://127.0.0.1:7001";

    /// <summary>
    /// Bytes that wait to be sent on one connection, in this process and again in the kernel; default 32 KiB, 4 KiB to
    /// 1 MiB. More would hide that a viewer's link is slow.
    /// </summary>
    [ConfigurationKeyName("unsent_bytes"), Range(4096, 1024 * 1024)]
    public int UnsentBytesMax { get; init; } = 32 * 1024;

    /// <summary>What it does. Default: everything.</summary>
    [ConfigurationKeyName("roles")]
    public ImmutableArray<WorkerRole> Roles { get; init; } = [];

    /// <summary>Whether it has a role.</summary>
    public bool Has(WorkerRole role) => Roles.IsDefaultOrEmpty || Roles.Contains(role);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Listen, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttp
            || address.PathAndQuery != "/")
        {
            yield return new("must be http://ADDRESS:PORT without a path", [nameof(Listen)]);
        }
    }
}
