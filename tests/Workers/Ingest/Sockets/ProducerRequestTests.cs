using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>What single requests do to the log, and what their numbers mean.</summary>
public sealed class ProducerRequestTests : IAsyncDisposable
{
    private readonly FaultyLog _log = new(RunningWorker.NewLog());

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task An_append_reaches_the_log_as_it_was_said()
    {
        var appends = new List<TerminalAppend>();
        _log.AroundTerminalAppend = (_, append, _) =>
        {
            // The bytes are the frame's, which is used again once it is answered.
            appends.Add(append with { Data = append.Data.ToArray() });
            return Task.FromResult(new TerminalAppendResult(
                TerminalAppendStatus.Stored, 7, Epoch.Parse("k3x9qa"), new Pressure(PressureState.Ok, 0, 10)));
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.SayAsync("""{"op":"append","seq":1,"task":"t1","data":"aGk="}""");
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await producer.SayAsync(
            """{"op":"append","seq":2,"task":"t1","data":"aGk=","stream":"stderr","offset":5,"after_loss":"abc123"}""");
        Assert.Equal("appended 2", await producer.NextShortAsync());

        Assert.All(appends, append => Assert.Equal("hi"u8.ToArray(), append.Data.ToArray()));
        Assert.Equal(
            [(null, TerminalSource.Stdout, null), (5L, TerminalSource.Stderr, Epoch.Parse("abc123"))],
            appends.Select(append => (append.Offset, append.Source, append.AfterLoss)));
    }

    [Fact]
    public async Task Numbers_may_repeat_and_fall_where_nothing_was_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        int offset = 0;
        foreach (long seq in new[] { 9, 3, 3, long.MaxValue, 0 })
        {
            await producer.AppendAsync(seq, "t1", offset++);
            Assert.Equal($"appended {seq}", await producer.NextShortAsync());
        }
    }

    [Fact]
    public async Task A_lower_number_opens_a_lane_again()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        _log.OnTerminal = () => FaultyLog.Away();
        await producer.AppendAsync(5, "t1", 0);
        Assert.Equal("log_unavailable 5", await producer.NextShortAsync());
        _log.OnTerminal = () => null;

        await producer.AppendAsync(6, "t1", 0);
        Assert.Equal("after_refused 6", await producer.NextShortAsync());
        await producer.AppendAsync(4, "t1", 0);
        Assert.Equal("appended 4", await producer.NextShortAsync());
        await producer.AppendAsync(6, "t1", 1);
        Assert.Equal("appended 6", await producer.NextShortAsync());
    }

    [Theory]
    [InlineData(TerminalAppendStatus.Hole, "hole")]
    [InlineData(TerminalAppendStatus.OtherEpoch, "other_epoch")]
    [InlineData(TerminalAppendStatus.Pressure, "pressure")]
    public async Task What_a_retry_can_mend_is_not_overtaken_by_the_end(TerminalAppendStatus status, string code)
    {
        var ok = new Pressure(PressureState.Ok, 0, 10);
        _log.InsteadOfTerminalAppend = () => new TerminalAppendResult(status, 0, Epoch.Parse("k3x9qa"), ok);
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal($"{code} 1", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("after_refused 2", await producer.NextShortAsync());
        _log.InsteadOfTerminalAppend = () => null;
        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("ended 2", await producer.NextShortAsync());
    }

    // What no retry can mend holds up nothing.
    [Fact]
    public async Task A_wrong_message_holds_up_nothing_behind_it()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.SayAsync("""{"op":"append","seq":1,"task":"t1","offset":0,"data":"?"}""");
        Assert.Equal("bad_request 1", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("ended 2", await producer.NextShortAsync());
        await producer.AppendAsync(3, "t1", 0);
        Assert.Equal("ended 3", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":4,"task":"t1","exit_code":0}""");
        Assert.Equal("ended 4", await producer.NextShortAsync());
    }

    [Fact]
    public async Task What_is_not_known_is_passed_over_without_an_answer()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(_log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.SayAsync(
            """[{"op":"hello","features":["x"]},{"op":"later","seq":1},{"op":"ack","offset":-1}]""");
        await producer.SayAsync("""{"op":"ping","nonce":"n1","more":{"x":1}}""");
        System.Text.Json.JsonElement pong = (await producer.NextAsync())!.Value;

        Assert.Equal("""{"op":"pong","nonce":"n1"}""", pong.GetRawText());
    }
}
