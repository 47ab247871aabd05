using System.Globalization;

namespace Realtime.Tests.Chaos.Faults;

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Target">To what.</param>
/// <param name="Edge">The edge concerned, if one is; from 0.</param>
/// <param name="Worker">The worker concerned, if one is; from 0.</param>
/// <param name="Pause">How long all is well before it.</param>
/// <param name="Hold">How long it lasts.</param>
internal sealed record Fault(
    FaultKind Kind, FaultTarget Target, int Edge, int Worker, TimeSpan Pause, TimeSpan Hold)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} {Place} for {Hold.TotalMilliseconds:0} ms");

    private string Place => Target switch
    {
        FaultTarget.Worker => ChaosSystem.WorkerId(Worker),
        FaultTarget.Edge => ChaosSystem.EdgeId(Edge),
        FaultTarget.Redis => "redis",
        FaultTarget.AllWorkers => "all workers",
        FaultTarget.ClientsToEdge => $"clients - {ChaosSystem.EdgeId(Edge)}",
        FaultTarget.EdgeToWorker => $"{ChaosSystem.EdgeId(Edge)} - {ChaosSystem.WorkerId(Worker)}",
        _ => $"{ChaosSystem.WorkerId(Worker)} - redis",
    };
}
