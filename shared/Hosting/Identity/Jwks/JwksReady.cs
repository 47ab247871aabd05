using Realtime.Hosting.Health;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>
/// Says that the keys of tokens are not known. The process stays ready all the same: those who are connected, tickets,
/// certificates and tokens of its own keys need none of them, and all others would be answered alike elsewhere.
/// </summary>
internal sealed class JwksReady(JwksKeys? keys) : IReadinessCheck
{
    /// <inheritdoc/>
    public Readiness Check() => keys is { AreKnown: false }
        ? new Readiness(
            ReadinessStatus.Ready, $"the keys of tokens are not known: {keys.Host} gave none yet, or too long ago")
        : Readiness.Ready;
}
