using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Faults;

/// <summary>Does what a schedule says, one fault after the other, each healed before the next.</summary>
internal sealed class FaultRunner(ChaosSystem system, ChaosReport report, ReconnectWatch watch)
{
    private static readonly TimeSpan SlowDelay = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(20);

    /// <summary>Runs faults until its time is over; what was begun is healed.</summary>
    public async Task RunAsync(IEnumerable<Fault> schedule, TimeSpan time, CancellationToken stopping)
    {
        long started = TimeProvider.System.GetTimestamp();
        foreach (Fault fault in schedule)
        {
            await Pauses.ForAsync(fault.Pause, stopping);
            if (TimeProvider.System.GetElapsedTime(started) > time)
            {
                return;
            }

            report.Begins(fault);
            await DoAsync(fault, stopping);
            report.IsOver(fault);
            await system.HealedAsync();
            report.IsHealed(fault);
        }
    }

    private Task DoAsync(Fault fault, CancellationToken stopping) => fault.Kind switch
    {
        FaultKind.Kill => KillAsync(fault, stopping),
        FaultKind.Leave => LeaveAsync(fault, stopping),
        FaultKind.Freeze => FreezeAsync(fault, stopping),
        FaultKind.RollingDrain => new RollingDrain(system, report, watch).RunAsync(stopping),
        _ => DoToNetworkAsync(fault, stopping),
    };

    private async Task KillAsync(Fault fault, CancellationToken stopping)
    {
        if (fault.Target == FaultTarget.Redis)
        {
            await system.Redis.KillAsync();
            await Pauses.ForAsync(fault.Hold, stopping);
            await system.Redis.StartAsync();
            return;
        }

        ChaosProcess process = ProcessOf(fault);
        if (fault.Target == FaultTarget.Worker)
        {
            watch.BeginKill();
        }

        await process.KillAsync();
        await Pauses.ForAsync(fault.Hold, stopping);
        process.Start();
        await system.HealedAsync();
        watch.EndKill();
    }

    private async Task LeaveAsync(Fault fault, CancellationToken stopping)
    {
        ChaosProcess process = ProcessOf(fault);
        watch.BeginLeave();
        process.Terminate();
        await Eventually.TrueAsync(
            $"{process.Name} leaves after SIGTERM", () => !process.IsRunning, LeavingMax);
        if (process.ExitCode != 0)
        {
            report.Violated($"{process.Name} left with {process.ExitCode} after SIGTERM");
        }

        foreach (string broken in watch.EndLeave())
        {
            report.Violated($"{process.Name} left by SIGTERM, but {broken}");
        }

        await Pauses.ForAsync(fault.Hold, stopping);
        process.Start();
    }

    private async Task FreezeAsync(Fault fault, CancellationToken stopping)
    {
        if (fault.Target == FaultTarget.Redis)
        {
            await system.Redis.FreezeAsync();
            await Pauses.ForAsync(fault.Hold, stopping);
            await system.Redis.ThawAsync();
            return;
        }

        ChaosProcess process = ProcessOf(fault);
        process.Freeze();
        await Pauses.ForAsync(fault.Hold, stopping);
        process.Thaw();
    }

    private async Task DoToNetworkAsync(Fault fault, CancellationToken stopping)
    {
        TcpLink link = fault.Target switch
        {
            FaultTarget.ClientsToEdge => system.Public.Links[fault.Edge],
            FaultTarget.EdgeToWorker => system.ToWorker[fault.Edge][fault.Worker].Link,
            _ => system.ToRedis[fault.Worker].Link,
        };
        switch (fault.Kind)
        {
            case FaultKind.Cut:
                link.IsRefusing = true;
                link.Cut();
                await Pauses.ForAsync(fault.Hold, stopping);
                link.IsRefusing = false;
                break;
            case FaultKind.Slow:
                link.Delay = SlowDelay;
                await Pauses.ForAsync(fault.Hold, stopping);
                link.Delay = TimeSpan.Zero;
                break;
            case FaultKind.Mute:
                link.Hold();
                await Pauses.ForAsync(fault.Hold, stopping);
                link.Release();
                break;
            default:
                link.HalfOpen();
                await Pauses.ForAsync(fault.Hold, stopping);

                // Who has not found out by then would do so in the middle of the next fault.
                link.CutHalfOpen();
                break;
        }
    }

    private ChaosProcess ProcessOf(Fault fault) =>
        fault.Target == FaultTarget.Worker ? system.Workers[fault.Worker] : system.Edges[fault.Edge];
}
