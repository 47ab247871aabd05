using Realtime.Client;
using Realtime.Protocol;

namespace Realtime.Tests.Client;

/// <summary>Appending to a terminal against a server that is busy, away, or has lost bytes.</summary>
public sealed class TerminalWriterTests : IAsyncLifetime
{
    private static readonly ScriptedAnswer Stored = new(
        200, """{"end":47,"epoch":"k3x9qa","duplicate":false,"pressure":{"state":"ok","depth":0,"limit":1}}""");

    private static readonly ScriptedAnswer Hole = new(
        409, """{"code":"hole","detail":"bytes are missing","expected":12,"epoch":"k3x9qa","retry":false}""");

    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _client = _edge.NewClient();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task What_was_answered_by_silence_is_sent_again_at_the_same_offset()
    {
        _edge.Answer(
            new ScriptedAnswer(ScriptedAnswer.Cut, ""), new ScriptedAnswer(503, "busy, and not even JSON"), Stored);

        TerminalAppended appended = await AppendAsync();

        Assert.Equal(new TerminalAppended(47, Epoch.Parse("k3x9qa"), IsDuplicate: false), appended);
        Assert.Equal(
            Enumerable.Repeat(("/v1/tasks/t1/terminal?offset=42", "bytes"), 3),
            _edge.Requests.Select(request => (request.Path, request.Body)));
    }

    [Fact]
    public async Task A_size_is_told_again_until_it_is_taken()
    {
        _edge.Answer(ScriptedAnswer.Problem(503, "log_unavailable", retry: true), new ScriptedAnswer(200, "{}"));

        await _client.ResizeTerminalAsync("t1", 120, 40);

        Assert.Equal(
            Enumerable.Repeat(("/v1/tasks/t1/terminal/resize", """{"cols":120,"rows":40}"""), 2),
            _edge.Requests.Select(request => (request.Path, request.Body)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _client.ResizeTerminalAsync("t1", 0, 40));
    }

    [Fact]
    public async Task A_hole_says_where_the_log_ends_and_in_which_life()
    {
        _edge.Answer(Hole);

        var hole = await Assert.ThrowsAsync<TerminalHoleException>(() => AppendAsync());

        Assert.Equal((12, Epoch.Parse("k3x9qa"), "hole", false), (hole.Expected, hole.Epoch, hole.Code, hole.Retry));
        Assert.Single(_edge.Requests);
    }

    [Fact]
    public async Task Whose_bytes_are_gone_says_so_and_goes_on_in_a_new_life()
    {
        _edge.Answer(Stored);
        await AppendAsync(
            new AppendTerminalOptions { AfterLoss = Epoch.Parse("k3x9qa"), Stream = TerminalStream.Stderr });

        Assert.Equal(["/v1/tasks/t1/terminal?offset=42&stream=stderr&after_loss=k3x9qa"], Paths);
    }

    [Fact]
    public async Task Whoever_keeps_nothing_goes_on_by_itself_once()
    {
        var goOn = new AppendTerminalOptions { GoOnAfterLoss = true };
        _edge.Answer(Hole, Stored, Hole, Hole);
        await AppendAsync(goOn);
        await Assert.ThrowsAsync<TerminalHoleException>(() => AppendAsync(goOn));

        const string address = "/v1/tasks/t1/terminal?offset=42";
        const string afterLoss = address + "&after_loss=k3x9qa";
        Assert.Equal([address, afterLoss, address, afterLoss], Paths);
    }

    [Fact]
    public async Task A_new_life_that_began_with_a_lost_answer_is_written_to()
    {
        _edge.Answer(
            Hole, new ScriptedAnswer(ScriptedAnswer.Cut, ""),
            ScriptedAnswer.Problem(409, "other_epoch", retry: false), Stored);
        await AppendAsync(new AppendTerminalOptions { GoOnAfterLoss = true });

        const string address = "/v1/tasks/t1/terminal?offset=42";
        Assert.Equal([address, address + "&after_loss=k3x9qa", address + "&after_loss=k3x9qa", address], Paths);
    }

    [Fact]
    public async Task Another_life_that_it_did_not_begin_is_an_error()
    {
        _edge.Answer(ScriptedAnswer.Problem(409, "other_epoch", retry: false));
        var failure = await Assert.ThrowsAsync<RealtimeException>(
            () => AppendAsync(new AppendTerminalOptions { AfterLoss = Epoch.Parse("k3x9qa") }));
        Assert.Equal("other_epoch", failure.Code);
    }

    [Fact]
    public async Task Many_bytes_go_out_in_pieces_that_follow_each_other()
    {
        _edge.Always = Stored;
        await _client.AppendTerminalAsync("t 1", 0, new byte[1_200_000]);

        Assert.Equal(
            [
                ("/v1/tasks/t%201/terminal?offset=0", 524_288), ("/v1/tasks/t%201/terminal?offset=524288", 524_288),
                ("/v1/tasks/t%201/terminal?offset=1048576", 151_424),
            ],
            _edge.Requests.Select(request => (request.Path, request.Body.Length)));
    }

    [Fact]
    public async Task An_end_is_told_until_it_is_stored()
    {
        _edge.Answer(ScriptedAnswer.Problem(503, "no_worker", retry: true), new ScriptedAnswer(200, "{}"));
        await _client.EndTerminalAsync("t1", 3);

        Assert.Equal(
            Enumerable.Repeat(("/v1/tasks/t1/terminal/end", """{"exit_code":3}"""), 2),
            _edge.Requests.Select(request => (request.Path, request.Body)));
    }

    private IEnumerable<string> Paths => _edge.Requests.Select(request => request.Path);

    private Task<TerminalAppended> AppendAsync(AppendTerminalOptions? options = null) =>
        _client.AppendTerminalAsync("t1", 42, "bytes"u8.ToArray(), options);
}
