using System.Text;
using Realtime.Cli;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;
using Realtime.Protocol.Messages;
using Realtime.Tests.Client;

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
        await using TerminalUpload upload = Upload();
        await upload.WriteAsync("abc"u8.ToArray());
        await upload.CompleteAsync(0, CancellationToken.None);

        Assert.Equal(UploadStatus.Complete, upload.Status);
        Assert.Contains("token_expired", _said.ToString());
    }

    private TerminalUpload Upload() => new(
        new ConnectionSettings { Url = _edge.Options.Url, Token = _edge.Options.Token }, "t1", new UploadOptions(),
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
