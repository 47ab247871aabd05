using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Realtime.Tests.Support;
using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>Bodies that are announced and don't come, or come in drops.</summary>
public sealed class SlowBodyTests
{
    private const int Declared = 1024 * 1024;

    [Theory]
    [InlineData("/v1/events", "application/json")]
    [InlineData("/v1/tasks/t1/terminal", "application/octet-stream")]
    public async Task What_is_only_announced_takes_next_to_nothing_of_the_budget(string path, string type)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:ingest:in_flight_bytes_max", "1MiB");
        ByteBudget budget = worker.Get<ByteBudget>();
        var slow = new List<TcpClient>();
        for (int i = 0; i < 16; i++)
        {
            slow.Add(await BeginAsync(worker, path, type));
        }

        await Eventually.TrueAsync("all of them are being read", () => budget.Taken >= 16 * 1024);
        Answer other = await worker.PostBytesAsync("/v1/tasks/other/terminal", new byte[100_000]);

        Assert.Equal(202, other.Status);
        Assert.InRange(budget.Taken, 1, 16 * 16 * 1024);
        slow.ForEach(client => client.Dispose());
        await Eventually.TrueAsync("all is given back", () => budget.Taken == 0);
    }

    [Theory]
    [InlineData("/v1/events", "application/json")]
    [InlineData("/v1/tasks/t1/terminal", "application/octet-stream")]
    [InlineData("/v1/tasks/t1/terminal/end", "application/json")]
    public async Task A_body_that_does_not_end_in_time_is_refused_by_name(string path, string type)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:ingest:body_timeout", "1s");
        using var sums = new Sums(worker, IngestMetrics.MeterName);
        using TcpClient slow = await BeginAsync(worker, path, type, declared: 1000);

        string answer = await ReadAnswerAsync(slow);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"too_slow\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"retry\":true", answer, StringComparison.Ordinal);
        await Eventually.TrueAsync("all is given back", () => worker.Get<ByteBudget>().Taken == 0);
        Assert.Contains(
            sums.Names, name => name.StartsWith("realtime_ingest_requests_refused_total", StringComparison.Ordinal)
                && name.EndsWith("too_slow", StringComparison.Ordinal));
    }

    private static async Task<TcpClient> BeginAsync(
        RunningWorker worker, string path, string type, int declared = Declared)
    {
        var client = new TcpClient();
        await client.ConnectAsync(worker.Address.Host, worker.Address.Port);
        string length = declared.ToString(CultureInfo.InvariantCulture);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nRealtime-Identity: {RunningWorker.Stamp()}\r\n"
            + $"Content-Type: {type}\r\nContent-Length: {length}\r\n\r\n["));
        return client;
    }

    private static async Task<string> ReadAnswerAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        byte[] buffer = new byte[16 * 1024];
        int length = 0;
        string answer = string.Empty;
        while (!answer.Contains("}\n", StringComparison.Ordinal))
        {
            int read = await client.GetStream().ReadAsync(buffer.AsMemory(length), patience.Token);
            if (read == 0)
            {
                break;
            }

            length += read;
            answer = Encoding.UTF8.GetString(buffer, 0, length);
        }

        return answer;
    }
}
