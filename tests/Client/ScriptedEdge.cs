using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>
/// A real web server that answers as a test says: requests over HTTP from a list, WebSockets by the test's hand.
/// </summary>
internal sealed class ScriptedEdge : IAsyncDisposable
{
    private readonly ConcurrentQueue<ScriptedAnswer> _answers = [];
    private readonly ConcurrentQueue<ScriptedRequest> _requests = [];
    private readonly Channel<ScriptedSocket> _sockets = Channel.CreateBounded<ScriptedSocket>(100);
    private readonly CancellationTokenSource _ended = new();
    private TestHost _host = null!;

    private ScriptedEdge()
    {
    }

    /// <summary>The requests over HTTP so far.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>What stands for all answers when the list is used up.</summary>
    public ScriptedAnswer? Always { get; set; }

    /// <summary>Refuses handshakes with this status; 0 = none.</summary>
    public int HandshakeStatus { get; set; }

    /// <summary>What it chooses, whatever is offered first.</summary>
    public string Subprotocol { get; set; } = "realtime.v1.json";

    /// <summary>Handshakes so far, refused ones too.</summary>
    public int Handshakes { get; private set; }

    public RealtimeClientOptions Options => new()
    {
        Url = _host.Client.BaseAddress!,
        Token = FixedToken.Of("token-1"),
        Reconnect = new ReconnectOptions
        {
            Delay = TimeSpan.FromMilliseconds(1),
            DelayMax = TimeSpan.FromMilliseconds(1),
        },
    };

    public static async Task<ScriptedEdge> StartAsync()
    {
        var edge = new ScriptedEdge();
        edge._host = await TestHost.StartAsync(app =>
        {
            app.UseWebSockets();
            app.Run(edge.AnswerAsync);
        });
        return edge;
    }

    public RealtimeClient NewClient() => new(Options);

    /// <summary>The next answers, in order.</summary>
    public void Answer(params ScriptedAnswer[] answers)
    {
        foreach (ScriptedAnswer answer in answers)
        {
            _answers.Enqueue(answer);
        }
    }

    /// <summary>The next WebSocket that a client opens.</summary>
    public async Task<ScriptedSocket> AcceptAsync() =>
        await _sockets.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Waits until so many requests came over HTTP.</summary>
    public Task HasAsync(int requests) => Eventually.TrueAsync(
        $"{requests} requests came", () => _requests.Count >= requests, detail: () => $"{_requests.Count} did.");

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _host.DisposeAsync();
        _ended.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            await OpenAsync(context);
            return;
        }

        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        _requests.Enqueue(new ScriptedRequest(
            context.Request.Path + context.Request.QueryString.Value, await reader.ReadToEndAsync(),
            context.Request.Headers.Authorization.ToString()));
        ScriptedAnswer answer = _answers.TryDequeue(out ScriptedAnswer? next) ? next
            : Always ?? new ScriptedAnswer(500, """{"code":"not_scripted","retry":false}""");
        if (answer.Status == ScriptedAnswer.Cut)
        {
            context.Abort();
            return;
        }

        if (answer.Status == ScriptedAnswer.Silence)
        {
            using var left = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, left.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        if (answer.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds;
        }

        await context.Response.WriteAsync(answer.Body);
    }

    private async Task OpenAsync(HttpContext context)
    {
        Handshakes++;
        if (HandshakeStatus != 0)
        {
            context.Response.StatusCode = HandshakeStatus;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(Subprotocol);
        var opened = new ScriptedSocket(socket, context);
        await _sockets.Writer.WriteAsync(opened);
        await opened.RunAsync(_ended.Token);
    }
}
