namespace Realtime.Tests.Chaos.Faults;

/// <summary>
/// The faults of a run, which follow from its seed alone. Dealt from a pack, so that none is forgotten: first the ones
/// that a run of a minute must have, then the others, then all of them again and again.
/// </summary>
internal static class FaultSchedule
{
    private static readonly (FaultKind Kind, FaultTarget Target, int HoldMinMs, int HoldMaxMs)[] First =
    [
        (FaultKind.Kill, FaultTarget.Worker, 0, 1000),
        (FaultKind.Kill, FaultTarget.Worker, 0, 1000),
        (FaultKind.Kill, FaultTarget.Edge, 0, 1000),
        (FaultKind.Kill, FaultTarget.Redis, 0, 1500),
        (FaultKind.Freeze, FaultTarget.Redis, 2500, 4000),
        (FaultKind.Freeze, FaultTarget.Worker, 3500, 6000),
        (FaultKind.RollingDrain, FaultTarget.AllWorkers, 0, 1),
        (FaultKind.HalfOpen, FaultTarget.EdgeToWorker, 4500, 6000),
    ];

    private static readonly (FaultKind Kind, FaultTarget Target, int HoldMinMs, int HoldMaxMs)[] Others =
    [
        (FaultKind.Leave, FaultTarget.Worker, 0, 500),
        (FaultKind.Leave, FaultTarget.Edge, 0, 500),
        (FaultKind.Freeze, FaultTarget.Redis, 100, 900),
        (FaultKind.Freeze, FaultTarget.Worker, 200, 900),
        (FaultKind.Cut, FaultTarget.ClientsToEdge, 0, 2000),
        (FaultKind.Cut, FaultTarget.EdgeToWorker, 0, 2000),
        (FaultKind.Cut, FaultTarget.WorkerToRedis, 0, 2000),
        (FaultKind.Slow, FaultTarget.ClientsToEdge, 1000, 3000),
        (FaultKind.Slow, FaultTarget.EdgeToWorker, 1000, 3000),
        (FaultKind.Slow, FaultTarget.WorkerToRedis, 1000, 3000),
        (FaultKind.Mute, FaultTarget.ClientsToEdge, 500, 5000),
        (FaultKind.Mute, FaultTarget.EdgeToWorker, 500, 5000),
        (FaultKind.Mute, FaultTarget.WorkerToRedis, 500, 5000),
        (FaultKind.HalfOpen, FaultTarget.ClientsToEdge, 4500, 6000),
        (FaultKind.HalfOpen, FaultTarget.WorkerToRedis, 4500, 6000),
    ];

    /// <summary>Without end: the run takes as many as its time allows.</summary>
    public static IEnumerable<Fault> Of(int seed)
    {
        var random = new Random(seed);
        foreach (var pack in Packs())
        {
            (FaultKind Kind, FaultTarget Target, int HoldMinMs, int HoldMaxMs)[] dealt = [.. pack];
            random.Shuffle(dealt);
            foreach ((FaultKind kind, FaultTarget target, int min, int max) in dealt)
            {
                yield return new Fault(
                    kind, target, random.Next(ChaosSystem.EdgesCount), random.Next(ChaosSystem.WorkersCount),
                    TimeSpan.FromMilliseconds(random.Next(500, 2500)),
                    TimeSpan.FromMilliseconds(random.Next(min, max)));
            }
        }
    }

    private static IEnumerable<IEnumerable<(FaultKind, FaultTarget, int, int)>> Packs()
    {
        yield return First;
        yield return Others;
        while (true)
        {
            yield return First.Concat(Others);
        }
    }
}
