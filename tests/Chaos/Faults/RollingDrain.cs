using System.Globalization;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Faults;

/// <summary>Takes one worker after the other out of service and puts it back, by the admin API of an edge.</summary>
internal sealed class RollingDrain(ChaosSystem system, ChaosReport report, ReconnectWatch watch)
{
    /// <summary>Connections a second that may be told to leave; with a third of 300 clients, two seconds a
    /// worker.</summary>
    public const int Pace = 50;

    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(40);

    public async Task RunAsync(CancellationToken stopping)
    {
        for (int i = 0; i < ChaosSystem.WorkersCount; i++)
        {
            stopping.ThrowIfCancellationRequested();
            string worker = ChaosSystem.WorkerId(i);
            int edge = i % ChaosSystem.EdgesCount;
            int arrivals = watch.Arrivals;
            watch.BeginLeave();
            var check = new DrainPaceCheck(Pace);
            long startedAtMs = await DrainAsync(edge, worker, check);
            foreach (string broken in watch.EndLeave())
            {
                report.Violated($"{worker} was drained, but {broken}");
            }

            foreach (string fast in check.TooFast())
            {
                report.Violated($"{worker} was drained, but {fast}");
            }

            if (!system.Workers[i].IsRunning)
            {
                report.Violated($"{worker} was drained, and is no longer alive");
            }

            await CheckReturnAsync(edge, worker, startedAtMs, arrivals, check);
            await AskAsync((edge + 1) % ChaosSystem.EdgesCount, $"admin/workers/{worker}/undrain");
            await system.HealedAsync();
        }
    }

    /// <summary>Drains it and watches it; returns when the drain began, by the worker's clock.</summary>
    private async Task<long> DrainAsync(int edge, string worker, DrainPaceCheck check)
    {
        long startedAtMs = 0;
        await AskAsync(edge, string.Create(
            CultureInfo.InvariantCulture, $"admin/workers/{worker}/drain?deadline=30s&pace={Pace}"));
        await Eventually.TrueAsync(
            $"{worker} is drained",
            async () =>
            {
                long askedAt = TimeProvider.System.GetTimestamp();
                using JsonDocument? answer = await system.AdminAsync(edge, $"admin/workers/{worker}", HttpMethod.Get);
                if (answer?.RootElement.GetProperty("drain") is not { ValueKind: JsonValueKind.Object } drain)
                {
                    return false;
                }

                check.Looked(askedAt, TimeProvider.System.GetTimestamp(), drain.GetProperty("sent").GetInt32());
                startedAtMs = drain.GetProperty("started_at").GetInt64();
                return answer.RootElement.GetProperty("state").GetString() == "drained";
            },
            DrainMax);
        return startedAtMs;
    }

    // By the workers' own list: when the connections were opened that were not there before.
    private async Task CheckReturnAsync(
        int edge, string worker, long startedAtMs, int arrivals, DrainPaceCheck check)
    {
        long[] openedAtMs = [];
        await Eventually.TrueAsync(
            "the edge lists all connections",
            async () =>
            {
                using JsonDocument? answer = await system.AdminAsync(
                    edge, "admin/connections?limit=1000", HttpMethod.Get);
                openedAtMs =
                [
                    .. answer?.RootElement.GetProperty("connections").EnumerateArray()
                        .Select(one => one.GetProperty("opened_at").GetInt64()).Where(at => at >= startedAtMs) ?? [],
                ];
                return answer is not null;
            });
        int most = DrainPaceCheck.FastestReturn(openedAtMs);
        int max = check.ReturnMax(watch.Arrivals - arrivals);
        report.Write($"FIGURES: {worker} drained: at most {check.FastestLeaving} told to leave and {most} connections opened "
            + $"elsewhere within a second; the pace is {Pace}");
        if (most > max)
        {
            report.Violated($"{worker} was drained, but {most} connections came back within a second, more than {max}");
        }
    }

    private Task AskAsync(int edge, string path) => Eventually.TrueAsync(
        $"{ChaosSystem.EdgeId(edge)} takes {path}",
        async () =>
        {
            using JsonDocument? answer = await system.AdminAsync(edge, path, HttpMethod.Post);
            return answer is not null;
        });
}
