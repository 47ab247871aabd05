using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;
using Realtime.Protocol.MessagePack;

namespace Realtime.Loadtests.Terminals;

/// <summary>Writes a terminal by <c>WS /v1/publish</c> in MessagePack, several appends in flight.</summary>
internal sealed class SocketProducer : ITerminalProducer
{
    // Below the worker's default limit of 32.
    private const int InFlightMax = 24;
    private const int ReasonMax = 300;

    // "op" and its value, texts with their lengths as MessagePack writes them.
    private static readonly byte[] AppendedOp = [0xa2, .. "op"u8, 0xa8, .. "appended"u8];
    private static readonly byte[] ErrorOp = [0xa2, .. "op"u8, 0xa5, .. "error"u8];
    private static readonly byte[] PauseOp = [0xa2, .. "op"u8, 0xa5, .. "pause"u8];
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly ViewerConnection _connection;
    private readonly string _task;
    private readonly TerminalAppends _appends;
    private readonly SemaphoreSlim _places = new(InFlightMax);
    private readonly ConcurrentQueue<long> _due = new();
    private readonly ArrayBufferWriter<byte> _message = new(64 * 1024);
    private readonly Task<string?> _reading;
    private long _sequence;
    private long _refused;
    private long _pauses;
    private string? _reason;

    private SocketProducer(ViewerConnection connection, string task, TerminalAppends appends)
    {
        _connection = connection;
        _task = task;
        _appends = appends;
        _reading = connection.RunAsync(OnMessage);
    }

    /// <inheritdoc/>
    public long Refused => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public long Pauses => Volatile.Read(ref _pauses);

    /// <inheritdoc/>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Connects to the worker that serves the terminal.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public static async Task<SocketProducer> OpenAsync(
        Target target, string task, TerminalAppends appends, CancellationToken stopping)
    {
        var opening = new ViewerOpening($"/v1/publish?task={task}", target.PublisherToken)
        {
            Subprotocol = Subprotocols.MessagePack,
            SubscribesLater = true,
        };
        return new SocketProducer(await ViewerConnection.OpenAsync(target, opening, stopping), task, appends);
    }

    /// <inheritdoc/>
    public async Task AppendAsync(long offset, ReadOnlyMemory<byte> data, long due, CancellationToken stopping)
    {
        if (!await TakePlaceAsync(stopping))
        {
            return;
        }

        _due.Enqueue(due);
        _message.ResetWrittenCount();
        MessagePackWriter.WriteMapHeader(_message, 5);
        MessagePackWriter.WriteString(_message, "op"u8);
        MessagePackWriter.WriteString(_message, "append"u8);
        MessagePackWriter.WriteString(_message, "seq"u8);
        MessagePackWriter.WriteInteger(_message, _sequence++);
        MessagePackWriter.WriteString(_message, "task"u8);
        MessagePackWriter.WriteString(_message, _task);
        MessagePackWriter.WriteString(_message, "offset"u8);
        MessagePackWriter.WriteInteger(_message, offset);
        MessagePackWriter.WriteString(_message, "data"u8);
        MessagePackWriter.WriteBinary(_message, data.Span);
        try
        {
            await _connection.SendBinaryAsync(_message.WrittenMemory);
        }
        catch (IOException failure)
        {
            Refuse(failure.Message);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken stopping)
    {
        for (int i = 0; i < InFlightMax; i++)
        {
            if (!await TakePlaceAsync(stopping))
            {
                return;
            }
        }

        _places.Release(InFlightMax);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection.Stop();
        await _reading;
        await _connection.DisposeAsync();
        _places.Dispose();
    }

    private async Task<bool> TakePlaceAsync(CancellationToken stopping)
    {
        if (Reason is not null)
        {
            return false;
        }

        Task<bool> place = _places.WaitAsync(AnswerMax, stopping);
        await Task.WhenAny(place, _reading);
        if (place.IsCompleted)
        {
            if (await place)
            {
                return Reason is null;
            }

            Refuse($"no answer within {AnswerMax.TotalSeconds} s");
            return false;
        }

        Refuse(await _reading ?? "closed");
        return false;
    }

    // Answers are small and their ops written out: looked for, not read. Answers of one terminal come in its order.
    private void OnMessage(ReadOnlySpan<byte> frame)
    {
        long now = Stopwatch.GetTimestamp();
        for (int answers = frame.Count(AppendedOp); answers > 0 && _due.TryDequeue(out long due); answers--)
        {
            _appends.Append.Ok(due, now);
            _places.Release();
        }

        if (frame.IndexOf(PauseOp) >= 0)
        {
            Interlocked.Increment(ref _pauses);
        }

        if (frame.IndexOf(ErrorOp) >= 0)
        {
            Refuse(Encoding.Latin1.GetString(frame[..Math.Min(frame.Length, ReasonMax)]));
            _places.Release();
        }
    }

    private void Refuse(string reason)
    {
        Interlocked.Increment(ref _refused);
        _appends.Append.Fail(reason);
        Interlocked.CompareExchange(ref _reason, reason, null);
    }
}
