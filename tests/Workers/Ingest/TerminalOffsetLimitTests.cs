using Realtime.Tests.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>The last offsets that a terminal can have, over both ways in.</summary>
public sealed class TerminalOffsetLimitTests
{
    private const string Path = "/v1/tasks/t1/terminal";
    private const long EndMax = (1L << 53) - 1;
    private const long OffsetMax = EndMax - (1024 * 1024);

    [Fact]
    public async Task An_append_beyond_the_last_offset_is_refused_for_good()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer first = await worker.PostBytesAsync(Path, [1]);
        string epoch = first.Json.GetProperty("epoch").GetString()!;
        Answer last = await worker.PostBytesAsync(
            FormattableString.Invariant($"{Path}?offset={OffsetMax}&after_loss={epoch}"), new byte[1024 * 1024]);

        Answer more = await worker.PostBytesAsync(Path, [1]);

        Assert.Equal((202, EndMax), (last.Status, last.Json.GetProperty("end").GetInt64()));
        more.AssertProblem(413, "too_large");
        Assert.False(more.Json.GetProperty("retry").GetBoolean());
        Assert.Contains("9007199254740991", more.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_socket_too_an_offset_above_the_limit_is_a_bad_request_and_makes_nothing()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", OffsetMax + 1);
        Assert.Equal("bad_request 1", await producer.NextShortAsync());
        await producer.AppendAsync(2, "t1", OffsetMax);
        Assert.Equal("hole 2", await producer.NextShortAsync());
        (await worker.GetAsync("/v1/tasks/t2/terminal")).AssertProblem(404, "not_found");
    }
}
