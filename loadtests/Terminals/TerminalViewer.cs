using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Realtime.Loadtests.Viewers;
using Realtime.Protocol.MessagePack;

namespace Realtime.Loadtests.Terminals;

/// <summary>
/// One viewer of one terminal: checks every byte, takes the time of the writes, and acknowledges as the SDKs do, at
/// most once in 50 ms, and at once when half of the window is not acknowledged.
/// </summary>
internal sealed class TerminalViewer
{
    private const int HalfWindowBytes = 128 * 1024;

    private static readonly TimeSpan AcknowledgeEvery = TimeSpan.FromMilliseconds(50);

    private readonly TerminalFormat _format;
    private readonly ContentCheck _content;
    private readonly ReceivedMessageHandler _take;
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WriteTimes? _times;
    private ViewerConnection? _connection;
    private long _acknowledged;
    private long _acknowledgedAt;
    private long _wireBytes;
    private long _now;

    /// <summary>Makes one that expects the byte at <paramref name="start"/> first.</summary>
    public TerminalViewer(TerminalFormat format, ContentCheck content, long start = 0)
    {
        _format = format;
        _content = content;
        _take = Take;
        Offsets = new OffsetCheck(start);
        _acknowledged = start;
    }

    /// <summary>Name of the subscription, as acknowledgements name it.</summary>
    public string Subscription { get; init; } = "default";

    /// <summary>Whether it begins where the server says (a tail), and not where it was asked to.</summary>
    public bool BeginsWhereTold { get; init; }

    /// <summary>Its work is done with the byte before this offset.</summary>
    public long WantedEnd { get; init; } = long.MaxValue;

    /// <summary>Ends when all is there that is wanted.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Whether all came, once, in order.</summary>
    public OffsetCheck Offsets { get; }

    /// <summary>Messages whose bytes were not those of the terminal, or that were damaged.</summary>
    public long Inexact { get; private set; }

    /// <summary>Messages with bytes.</summary>
    public long Messages { get; private set; }

    /// <summary>Bytes of all messages on the WebSocket; frame headers and TLS don't count.</summary>
    public long WireBytes => Volatile.Read(ref _wireBytes);

    /// <summary>When the subscription was answered, as a timestamp; 0 before.</summary>
    public long SubscribedAt { get; private set; }

    /// <summary>When the last message with bytes came, as a timestamp.</summary>
    public long LastAt { get; private set; }

    /// <summary>The terminal's life, once it is known.</summary>
    public string Epoch { get; private set; } = string.Empty;

    /// <summary>What the server refused, if it did.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Ends when the server has said <c>welcome</c>.</summary>
    public Task Welcomed => _welcomed.Task;

    /// <summary>When what comes from now on was due.</summary>
    public void Expect(WriteTimes times) => _times = times;

    /// <summary>Reads until told to stop; null, or what ended it.</summary>
    public Task<string?> RunAsync(ViewerConnection connection)
    {
        Attach(connection);
        return connection.RunAsync(OnMessage, AcknowledgeAsync);
    }

    /// <summary>Acknowledges on this connection; another reads it.</summary>
    public void Attach(ViewerConnection connection) => _connection = connection;

    /// <summary>Takes one message that another read, at a timestamp.</summary>
    public void Take(in ReceivedMessage message, long now)
    {
        _now = now;
        Take(in message);
    }

    /// <summary>Counts one frame.</summary>
    public void CountFrame(int bytes, bool isRead)
    {
        Volatile.Write(ref _wireBytes, _wireBytes + bytes);
        Inexact += isRead ? 0 : 1;
    }

    /// <summary>Takes one frame.</summary>
    public void OnMessage(ReadOnlySpan<byte> frame)
    {
        _now = Stopwatch.GetTimestamp();
        bool isRead = _format == TerminalFormat.MessagePack
            ? MessagePackFrames.Read(frame, _take)
            : JsonFrames.Read(frame, _take);
        CountFrame(frame.Length, isRead);
        if (Refusal is null && Offsets.Next < WantedEnd)
        {
            return;
        }

        _arrived.TrySetResult();
    }

    /// <summary>Acknowledges what came, if it is time for it. Called by the read loop, and by who looks after late
    /// ones.</summary>
    public async ValueTask AcknowledgeAsync()
    {
        long acknowledged = Volatile.Read(ref _acknowledged);
        long next = Offsets.Next;
        long now = Stopwatch.GetTimestamp();
        if (next <= acknowledged || _connection is null
            || (next - acknowledged < HalfWindowBytes
                && Stopwatch.GetElapsedTime(Volatile.Read(ref _acknowledgedAt), now) < AcknowledgeEvery)
            || Interlocked.CompareExchange(ref _acknowledged, next, acknowledged) != acknowledged)
        {
            return;
        }

        Volatile.Write(ref _acknowledgedAt, now);
        await SendAsync(next);
    }

    /// <summary>Asks for a terminal, on a connection that has no subscription.</summary>
    public ValueTask SubscribeAsync(string task, string from)
    {
        if (_format != TerminalFormat.MessagePack)
        {
            return _connection!.SendTextAsync(
                $$"""{"op":"subscribe","id":"{{Subscription}}","terminal":"{{task}}","from":"{{from}}"}""");
        }

        var message = new ArrayBufferWriter<byte>(128);
        MessagePackWriter.WriteMapHeader(message, 4);
        WriteText(message, "op", "subscribe");
        WriteText(message, "id", Subscription);
        WriteText(message, "terminal", task);
        WriteText(message, "from", from);
        return _connection!.SendBinaryAsync(message.WrittenMemory);
    }

    private ValueTask SendAsync(long offset)
    {
        if (_format != TerminalFormat.MessagePack)
        {
            return _connection!.SendTextAsync(string.Create(
                CultureInfo.InvariantCulture, $"{{\"op\":\"ack\",\"id\":\"{Subscription}\",\"offset\":{offset}}}"));
        }

        var message = new ArrayBufferWriter<byte>(64);
        MessagePackWriter.WriteMapHeader(message, 3);
        WriteText(message, "op", "ack");
        WriteText(message, "id", Subscription);
        MessagePackWriter.WriteString(message, "offset"u8);
        MessagePackWriter.WriteInteger(message, offset);
        return _connection!.SendBinaryAsync(message.WrittenMemory);
    }

    private static void WriteText(ArrayBufferWriter<byte> message, string key, string text)
    {
        MessagePackWriter.WriteString(message, key);
        MessagePackWriter.WriteString(message, text);
    }

    private void Take(in ReceivedMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Terminal when message.Length > 0:
                TakeBytes(in message);
                break;
            case MessageKind.Subscribed:
                SubscribedAt = _now;
                Epoch = Encoding.ASCII.GetString(message.Epoch);
                if (BeginsWhereTold)
                {
                    Offsets.Begin(message.Offset);
                    Volatile.Write(ref _acknowledged, message.Offset);
                }

                break;
            case MessageKind.Welcome:
                _welcomed.TrySetResult();
                break;
            case MessageKind.Gap:
                Offsets.TakeGap(message.ResumesAtOffset);
                break;
            case MessageKind.Error:
                Refusal ??= "the server sent an error";
                break;
        }
    }

    private void TakeBytes(in ReceivedMessage message)
    {
        Messages++;
        LastAt = _now;
        if (!_content.IsExact(in message))
        {
            Inexact++;
        }

        long before = Offsets.Next;
        Offsets.Take(message.Offset, message.Length);
        _times?.Record(before, Offsets.Next, _now);
    }
}
