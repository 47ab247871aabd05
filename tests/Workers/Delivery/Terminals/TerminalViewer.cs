using System.IO.Pipelines;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>
/// A viewer of one terminal on the other end of a pipe, in any form: reads only when told, checks that bytes follow
/// each other, and keeps them.
/// </summary>
internal sealed class TerminalViewer : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Pipe _pipe;
    private readonly WebSocketMessageReader _reader;
    private Task<bool> _sending = Task.FromResult(false);

    public TerminalViewer(
        DeliveryFixture fixture, IWireFormat format, bool lz4 = false, int bufferBytes = 65_536, bool isStarted = true)
    {
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: bufferBytes, resumeWriterThreshold: bufferBytes / 2,
            useSynchronizationContext: false));
        Open = fixture.Connections.Open(
            new Identity
            {
                Tenant = DeliveryFixture.Tenant,
                Subject = "viewer",
                Grants = Grants.Parse("read:*"),
                ExpiresAt = DateTimeOffset.MaxValue,
            },
            format, TimeSpan.FromSeconds(20), _pipe.Writer, _gone.Token);
        _reader = new WebSocketMessageReader(
            _pipe.Reader, new WebSocketReaderOptions { MessageBytesMax = 1024 * 1024, PeerMasks = false });
        if (lz4)
        {
            Open.Connection.UseLz4();
        }

        if (isStarted)
        {
            Start();
        }
    }

    public OpenConnection Open { get; }

    /// <summary>What the bytes are of, once told; where the next one stands.</summary>
    public (Epoch Epoch, long Offset)? Position { get; private set; }

    /// <summary>Where each message with bytes began, how many it had, and how they were encoded.</summary>
    public List<(long Offset, int Length, string Encoding, string Stream)> Pieces { get; } = [];

    /// <summary>Sizes, and where they were told.</summary>
    public List<(long Offset, int Columns, int Rows)> Sizes { get; } = [];

    /// <summary>Gaps, as told: from where, to where, why, and whether it was said how much is missing.</summary>
    public List<(string After, string ResumesAt, string Reason, bool IsCounted)> Gaps { get; } = [];

    public List<string> Ops { get; } = [];

    /// <summary>The subscriptions that began, in their order.</summary>
    public List<string> Begun { get; } = [];

    public MemoryStream Bytes { get; } = new();

    public int? ExitCode { get; private set; }

    /// <summary>Has the worker send, if it was made without.</summary>
    public void Start() => _sending = Open.Sender.RunAsync();

    public Task SendAsync(ClientMessage message) => Open.Connection.HandleAsync(message);

    public Task SubscribeAsync(string from)
    {
        Assert.True(TerminalFrom.TryParse(from, out TerminalFrom start));
        return SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", start));
    }

    /// <summary>Acknowledges all that came, if anything did.</summary>
    public Task AcknowledgeAsync() => Position is { } position
        ? SendAsync(new ClientMessage.Ack("t", position.Offset))
        : Task.CompletedTask;

    /// <summary>Reads until <paramref name="done"/>, and after each message does what is given.</summary>
    public async Task ReadUntilAsync(string why, Func<bool> done, Func<Task>? after = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (!done())
            {
                await ReadAsync(patience.Token);
                await (after?.Invoke() ?? Task.CompletedTask);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(
                $"Waited 60 s until {why}. At {Position}, {Open.Lane.Flow.InFlight} of {Open.Lane.Flow.Allowance} in "
                + $"flight, sending: {_sending.Status}, last: {string.Join(' ', Ops.TakeLast(5))}.");
        }
    }

    /// <summary>Reads one frame.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        WebSocketRead read = await _reader.ReadAsync(cancellationToken);
        switch (read.Kind)
        {
            case WebSocketReadKind.Text or WebSocketReadKind.Binary:
                TerminalFrames.Read(read.Payload, read.Kind == WebSocketReadKind.Binary, Take);
                break;
            default:
                Assert.Equal(WebSocketReadKind.Ping, read.Kind);
                Open.Connection.Outbox.TakePong(read.Payload.Span);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        Open.Connection.Outbox.Abort();
        await _pipe.Reader.CompleteAsync();
        await _sending;
        await Open.DisposeAsync();
        _reader.Dispose();
        _gone.Dispose();
    }

    private void Take(JsonElement message, byte[] data)
    {
        string op = message.GetProperty("op").GetString()!;
        Ops.Add(op);
        if (op == "subscribed")
        {
            Begun.Add(message.GetProperty("id").GetString()!);
        }

        switch (op)
        {
            case "subscribed" when message.TryGetProperty("task", out _):
                Assert.True(Epoch.TryParse(message.GetProperty("epoch").GetString(), out Epoch epoch));
                long begins = message.GetProperty("offset").GetInt64();
                Position = (epoch, begins);
                if (message.TryGetProperty("size", out JsonElement size))
                {
                    TakeSize(begins, size);
                }

                break;
            case "terminal":
                Assert.Equal("t", message.GetProperty("id").GetString());
                Assert.Equal("t1", message.GetProperty("task").GetString());
                Assert.Equal(Position!.Value.Epoch.ToString(), message.GetProperty("epoch").GetString());
                Assert.Equal(Position.Value.Offset, message.GetProperty("offset").GetInt64());
                Assert.Equal(data.Length, message.GetProperty("length").GetInt32());
                Bytes.Write(data);
                if (data.Length > 0)
                {
                    Pieces.Add((
                        Position.Value.Offset, data.Length, message.GetProperty("encoding").GetString()!,
                        message.GetProperty("stream").GetString()!));
                    Position = (Position.Value.Epoch, Position.Value.Offset + data.Length);
                }

                if (message.TryGetProperty("resize", out JsonElement resize))
                {
                    Assert.Empty(data);
                    TakeSize(Position.Value.Offset, resize);
                }

                if (message.TryGetProperty("end", out JsonElement end))
                {
                    ExitCode = end.GetProperty("exit_code").GetInt32();
                }

                break;
            case "gap":
                Assert.True(TerminalFrom.TryParse(
                    message.GetProperty("resumes_at").GetString(), out TerminalFrom resumes));
                Position = (resumes.Epoch, resumes.Value);
                Gaps.Add((
                    message.GetProperty("after").GetString()!, message.GetProperty("resumes_at").GetString()!,
                    message.GetProperty("reason").GetString()!, message.TryGetProperty("missing", out _)));
                break;
        }
    }

    private void TakeSize(long offset, JsonElement size) =>
        Sizes.Add((offset, size.GetProperty("cols").GetInt32(), size.GetProperty("rows").GetInt32()));
}
