namespace Realtime.Hosting.Health;

/// <summary>
/// One reason why a process may not be ready, registered as a singleton. Asked on every <c>/readyz</c>: answers from
/// what is known already, without waiting for anything.
/// </summary>
public interface IReadinessCheck
{
    /// <summary>Whether this part can serve, and if not, why.</summary>
    Readiness Check();
}
