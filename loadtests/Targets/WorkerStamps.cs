using System.Globalization;
using Realtime.Hosting.Identity;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// Signs identities as an edge does, for clients that go straight to workers. They end soon, so each connection and
/// each request has one of its own.
/// </summary>
internal sealed class WorkerStamps(string key, TimeProvider time)
{
    private const string Tenant = "demo";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly IdentityStamp _stamp = new(new IdentityStampOptions { InternalKeys = [key] }, time);

    /// <summary>One who may read everything of the tenant.</summary>
    public string OfViewer(int group) =>
        Sign(string.Create(CultureInfo.InvariantCulture, $"loadtest-viewer-{group}"), "read:*");

    /// <summary>One who may publish everything of the tenant.</summary>
    public string OfPublisher() => Sign("loadtest-publisher", "publish:*");

    private string Sign(string subject, string scope) => Grants.TryParse(scope, out Grants? grants)
        ? _stamp.Sign(new Identity
        {
            Tenant = Tenant,
            Subject = subject,
            Grants = grants,
            ExpiresAt = time.GetUtcNow() + Lifetime,
            EdgeId = "loadtest",
            ConnectionId = "loadtest",
        })
        : throw new InvalidOperationException($"No such scope: {scope}");
}
