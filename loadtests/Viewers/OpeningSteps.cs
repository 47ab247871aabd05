using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Viewers;

/// <summary>What opening a connection takes, part by part; each counts from the end of the one before.</summary>
internal sealed class OpeningSteps
{
    /// <summary>TCP and TLS.</summary>
    public Step Tls { get; } = new("tls");

    /// <summary>The upgrade: tokens, limits, the worker.</summary>
    public Step Upgrade { get; } = new("upgrade");

    /// <summary>The subscription of the query.</summary>
    public Step Subscribe { get; } = new("subscribe");

    /// <summary>All of them.</summary>
    public IReadOnlyList<Step> All => [Tls, Upgrade, Subscribe];
}
