using Realtime.Hosting.Health;

namespace Realtime.Edge.Forwarding;

/// <summary>An edge without a worker serves nobody: who spreads clients over edges should know.</summary>
internal sealed class WorkersReady(WorkerTable workers) : IReadinessCheck
{
    public Readiness Check() => workers.All.Any(worker => worker.State == WorkerState.Ready && worker.IsAvailable)
        ? Readiness.Ready
        : Readiness.Unready("no worker is ready");
}
