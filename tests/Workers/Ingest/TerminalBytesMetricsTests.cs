using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest;

public sealed class TerminalBytesMetricsTests
{
    private const string Path = "/v1/tasks/t1/terminal";
    private const string Prefix = "realtime_ingest_terminal_";

    [Fact]
    public async Task Bytes_that_came_in_are_those_that_were_stored_known_or_refused()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using var sums = new Sums(worker, IngestMetrics.MeterName);

        await worker.PostBytesAsync(Path + "?offset=0", new byte[10]);
        await worker.PostBytesAsync(Path + "?offset=0", new byte[10]); // all there already
        await worker.PostBytesAsync(Path + "?offset=6", new byte[10]); // 4 of them are
        await worker.PostBytesAsync(Path + "?offset=20", new byte[3]);
        log.OnTerminal = () => FaultyLog.Away();
        await worker.PostBytesAsync(Path, new byte[5]);
        log.OnTerminal = () => null;
        await worker.PostAsync(Path + "/end", """{"exit_code":0}""");
        await worker.PostBytesAsync(Path + "?offset=0", new byte[16]); // an answer that was lost
        await worker.PostBytesAsync(Path, new byte[7]);

        Assert.Equal(16, sums[Prefix + "stored_bytes_total"]);
        Assert.Equal(10 + 4 + 16, sums[Prefix + "duplicate_bytes_total"]);
        Assert.Equal(3, sums[Prefix + "refused_bytes_total hole"]);
        Assert.Equal(5, sums[Prefix + "refused_bytes_total log_unavailable"]);
        Assert.Equal(7, sums[Prefix + "refused_bytes_total ended"]);
        Assert.Equal(16 + 30 + 15, sums[Prefix + "bytes_total"]);
    }
}
