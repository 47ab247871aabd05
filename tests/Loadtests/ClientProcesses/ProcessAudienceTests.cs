using System.Diagnostics;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.ClientProcesses;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Tests.Loadtests.ClientProcesses;

/// <summary>A client process, really started, with nobody in it.</summary>
public class ProcessAudienceTests
{
    private readonly Target _target = new(
        new TargetAccess([new Uri("https://127.0.0.1:1")], "publisher", null, "viewer", null), TimeProvider.System);

    [Fact]
    public async Task What_it_cost_stays_counted_once_it_has_closed()
    {
        await using ProcessAudience audience = await OpenAsync();

        AudienceOutcome outcome = await audience.CloseAsync(0);

        Assert.Equal(AudienceOutcome.None, outcome);
        Assert.Equal([Environment.ProcessId], _target.Client.Pids);
        TimeSpan all = _target.Client.ReadCpuTime();
        using var own = Process.GetCurrentProcess();
        Assert.True(all > own.TotalProcessorTime);
    }

    [Fact]
    public async Task One_that_ends_by_itself_is_told_as_that_by_whoever_looks_next()
    {
        await using ProcessAudience audience = await OpenAsync();
        using (var process = Process.GetProcessById(_target.Client.Pids[^1]))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        ViewerException failure = await Assert.ThrowsAsync<ViewerException>(() => audience.CloseAsync(0));
        await audience.DisposeAsync();

        Assert.Contains("ended by itself, exit code 137", failure.Message);
        Assert.True(_target.Client.ReadCpuTime() > TimeSpan.Zero);
    }

    private async Task<ProcessAudience> OpenAsync()
    {
        var audience = new ProcessAudience(
            _target, new AudiencePart(new EventPlan(1, 1), 0, 0, 1), new AudienceSteps());
        await audience.OpenAsync(CancellationToken.None);
        Assert.Equal(2, _target.Client.Pids.Count);
        return audience;
    }
}
