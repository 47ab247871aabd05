using System.Text;
using Realtime.Cli;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;
using Realtime.Protocol.Messages;
using Realtime.Tests.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>What an upload asks of the server, and in which order, when the server answers by a script.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private static readonly ScriptedAnswer Taken = new(200, "{}");

    private readonly StringBuilder _said = new();
    private ScriptedEdge _edge = null!;

    public async Task InitializeAsync() => _edge = await ScriptedEdge.StartAsync();

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    [Fact]
    public async Task Sizes_are_told_between_the_bytes_where_they_changed()
    {
        _edge.Answer(Hole(7), Taken, Stored(10), Taken, Stored(12), Taken);
        await using TerminalUpload upload = Upload();
        upload.Resize(new TerminalSize(80, 24));
        await upload.WriteAsync("abc"u8.ToArray());
        upload.Resize(new TerminalSize(100, 30));
        await upload.WriteAsync("de"u8.ToArray());
        await upload.CompleteAsync(3, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Equal(
            [
                ("/resize", """{"cols":80,"rows":24}"""), ("?offset=7", "abc"),
                ("/resize", """{"cols":100,"rows":30}"""), ("?offset=10", "de"), ("/end", """{"exit_code":3}"""),
            ],
            Asked());
    }

    [Fact]
    public async Task A_server_without_sizes_is_asked_once()
    {
        _edge.Answer(
            Hole(0), ScriptedAnswer.Problem(404, ErrorCodes.NotFound, retry: false), Stored(3), Stored(5), Taken);
        await using TerminalUpload upload = Upload();
        upload.Resize(new TerminalSize(80, 24));
        await upload.WriteAsync("abc"u8.ToArray());
        upload.Resize(new TerminalSize(100, 30));
        await upload.WriteAsync("de"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Equal(["/resize", "?offset=0", "?offset=3", "/end"], Asked().Select(one => one.Where));
    }

    [Fact]
    public async Task What_was_answered_by_silence_is_sent_again_at_its_offset()
    {
        var cut = new ScriptedAnswer(ScriptedAnswer.Cut, string.Empty);
        _edge.Answer(cut, Hole(0), cut, cut, cut, Stored(3), cut, Taken);
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Equal(
            [.. Enumerable.Repeat("?offset=0", 4), "/end", "/end"], Asked(probes: 2).Select(one => one.Where));
        Assert.Contains("the server is back", _said.ToString());
    }

    // The log lost what it had: what is still here goes on in a new life, and viewers are told a gap.
    [Fact]
    public async Task A_log_that_lost_bytes_is_gone_on_with()
    {
        _edge.Answer(Hole(100), Hole(0), Stored(103), Taken);
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Equal(
            ["?offset=100", "?offset=100&after_loss=k3x9qa", "/end"], Asked().Select(one => one.Where));
    }

    [Fact]
    public async Task Another_producer_ends_it()
    {
        _edge.Answer(Hole(0), Stored(50));
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Refused, upload.Status);
        Assert.Contains("Another producer writes to this terminal: it ends at 50", _said.ToString());
    }

    // A token that expired while a command runs may be replaced in its file.
    [Fact]
    public async Task A_token_that_is_refused_later_is_asked_for_again()
    {
        var expired = ScriptedAnswer.Problem(401, ErrorCodes.TokenExpired, retry: false);
        _edge.Answer(Hole(0), expired, expired, Stored(3), Taken);
        await using TerminalUpload upload = Upload(isTokenRenewable: true);
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Contains("token_expired", _said.ToString());
    }

    // One that stands in a variable stays what it is: trying for ever would be a promise that nobody can keep.
    [Fact]
    public async Task A_token_that_can_t_be_replaced_ends_it_when_it_is_refused()
    {
        var expired = ScriptedAnswer.Problem(401, ErrorCodes.TokenExpired, retry: false);
        _edge.Answer(Hole(0), expired, expired);
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Refused, upload.Status);
        Assert.DoesNotContain("sent when the server is back", _said.ToString());
        Assert.Contains("NOT recorded", _said.ToString());
    }

    // Both began at the same end: the server takes the bytes of the later one for a repetition.
    [Fact]
    public async Task Bytes_that_were_there_before_the_first_attempt_are_another_producers()
    {
        _edge.Answer(Hole(0), new ScriptedAnswer(202, """{"end":3,"epoch":"k3x9qa","duplicate":true}"""));
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Refused, upload.Status);
        Assert.Contains("Another producer writes to this terminal: bytes from 0 on", _said.ToString());
    }

    // The other's bytes are fewer than ours: the server keeps them, and of ours what is behind them.
    [Fact]
    public async Task Bytes_of_which_some_were_there_before_the_first_attempt_are_mixed_with_another_producers()
    {
        _edge.Answer(
            Hole(4), new ScriptedAnswer(202, """{"end":7,"epoch":"k3x9qa","duplicate":false,"stored":1}"""));
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Refused, upload.Status);
        Assert.Contains("Another producer writes to this terminal: bytes from 4 on", _said.ToString());
    }

    [Fact]
    public async Task Bytes_that_an_unanswered_attempt_stored_are_our_own()
    {
        var cut = new ScriptedAnswer(ScriptedAnswer.Cut, string.Empty);
        var duplicate = new ScriptedAnswer(202, """{"end":3,"epoch":"k3x9qa","duplicate":true}""");

        // The SDK tries twice; what is answered is the first attempt of a second call.
        _edge.Answer(Hole(0), cut, cut, duplicate, Stored(5), Taken);
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await Eventually.TrueAsync("it is stored", () => upload.Progress.Sent == 3);
        await upload.WriteAsync("de"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.True(upload.Status == UploadStatus.Complete, _said.ToString());
    }

    private TerminalUpload Upload(bool isTokenRenewable = false) => new(
        new ConnectionSettings
        {
            Url = _edge.Options.Url,
            Token = _edge.Options.Token!,
            IsTokenRenewable = isTokenRenewable,
        },
        "t1", new UploadOptions(),
        new Notices(new StringWriter(_said), isQuiet: false, isVerbose: false), TimeProvider.System);

    private (string Where, string Body)[] Asked(int probes = 1) =>
    [
        .. _edge.Requests.Skip(probes)
            .Select(request => (request.Path["/v1/tasks/t1/terminal".Length..], request.Body)),
    ];

    private static ScriptedAnswer Hole(long end) => new(
        409, $$"""{"code":"hole","detail":"bytes are missing","expected":{{end}},"epoch":"k3x9qa","retry":false}""");

    private static ScriptedAnswer Stored(long end) =>
        new(202, $$"""{"end":{{end}},"epoch":"k3x9qa","duplicate":false}""");
}
