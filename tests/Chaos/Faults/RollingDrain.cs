using System.Globalization;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Faults;

/// <summary>Takes one worker after the other out of service and puts it back, by the admin API of an edge.</summary>
internal sealed class RollingDrain(ChaosSystem system, ChaosReport report, ReconnectWatch watch)
{
    /// <summary>Connections a second that may be told to leave; with a third of 300 clients, two seconds a worker.</summary>
    public const int Pace = 50;

    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(40);

    public async Task RunAsync(CancellationToken stopping)
    {
        for (int i = 0; i < ChaosSystem.WorkersCount; i++)
        {
            stopping.ThrowIfCancellationRequested();
            string worker = ChaosSystem.WorkerId(i);
            int edge = i % ChaosSystem.EdgesCount;
            watch.BeginLeave();
            await AskAsync(edge, string.Create(
                CultureInfo.InvariantCulture, $"admin/workers/{worker}/drain?deadline=30s&pace={Pace}"));
            await Eventually.TrueAsync(
                $"{worker} is drained", async () => await StateAsync(edge, worker) == "drained", DrainMax);
            foreach (string broken in watch.EndLeave())
            {
                report.Violated($"{worker} was drained, but {broken}");
            }

            foreach (string fast in watch.LeavesFasterThan(Pace))
            {
                report.Violated($"{worker} was drained, but {fast}");
            }

            if (!system.Workers[i].IsRunning)
            {
                report.Violated($"{worker} was drained, and is no longer alive");
            }

            await AskAsync((edge + 1) % ChaosSystem.EdgesCount, $"admin/workers/{worker}/undrain");
            await system.HealedAsync();
        }
    }

    private Task AskAsync(int edge, string path) => Eventually.TrueAsync(
        $"{ChaosSystem.EdgeId(edge)} takes {path}",
        async () =>
        {
            using JsonDocument? answer = await system.AdminAsync(edge, path, HttpMethod.Post);
            return answer is not null;
        });

    private async Task<string?> StateAsync(int edge, string worker)
    {
        using JsonDocument? answer = await system.AdminAsync(edge, $"admin/workers/{worker}", HttpMethod.Get);
        return answer?.RootElement.GetProperty("state").GetString();
    }
}
