using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Health;

/// <summary>A process that was told to end takes nothing new.</summary>
internal sealed class LifetimeCheck(IHostApplicationLifetime lifetime) : IReadinessCheck
{
    public Readiness Check() =>
        lifetime.ApplicationStopping.IsCancellationRequested
            ? Readiness.Draining("the process is ending")
            : Readiness.Ready;
}
