using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Publishing;

/// <summary>Publishes by <c>WS /v1/publish</c>, several batches in flight.</summary>
internal sealed class SocketPublisher : IEventPublisher
{
    // Below the worker's default limit of 32.
    private const int InFlightMax = 24;
    private const int ReasonMax = 300;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly ViewerConnection _connection;
    private readonly Step _publish;
    private readonly SemaphoreSlim _places = new(InFlightMax);
    private readonly ConcurrentDictionary<long, long[]> _waiting = new();
    private readonly ArrayBufferWriter<byte> _message = new(64 * 1024);
    private readonly Task<string?> _reading;
    private long _sequence;

    private SocketPublisher(ViewerConnection connection, Step publish)
    {
        _connection = connection;
        _publish = publish;
        _reading = connection.RunAsync(OnMessage);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public static async Task<SocketPublisher> OpenAsync(
        Target target, Uri edge, Step publish, CancellationToken stopping)
    {
        var opening = new ViewerOpening("/v1/publish", target.PublisherToken) { Edge = edge, SubscribesLater = true };
        return new SocketPublisher(await ViewerConnection.OpenAsync(target, opening, stopping), publish);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(EventBatch batch, IReadOnlyList<long> due, CancellationToken stopping)
    {
        if (!await TakePlaceAsync(stopping))
        {
            _publish.Fail("the socket is closed, or does not answer", due.Count);
            return;
        }

        long sequence = _sequence++;
        _waiting[sequence] = [.. due];
        _message.ResetWrittenCount();
        _message.Write("""{"op":"publish","seq":"""u8);
        Utf8Formatter.TryFormat(sequence, _message.GetSpan(20), out int length);
        _message.Advance(length);
        _message.Write(",\"events\":"u8);
        _message.Write(batch.Complete().Span);
        _message.Write("}"u8);
        try
        {
            await _connection.SendTextAsync(_message.WrittenMemory);
        }
        catch (IOException failure)
        {
            Answer(sequence, due.Count, failure.Message);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken stopping)
    {
        for (int i = 0; i < InFlightMax; i++)
        {
            if (!await TakePlaceAsync(stopping))
            {
                break;
            }
        }

        string end = _reading.IsCompleted ? await _reading ?? "closed" : "no answer";
        foreach (long sequence in _waiting.Keys)
        {
            Answer(sequence, int.MaxValue, end);
        }
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
        Task<bool> place = _places.WaitAsync(AnswerMax, stopping);
        await Task.WhenAny(place, _reading);
        return place.IsCompleted && await place && !_reading.IsCompleted;
    }

    // Answers are looked for, not read; each is one message, or one of an array.
    private void OnMessage(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> key = "\"seq\":"u8;
        int refused = message.Count("\"error\":"u8);
        bool isError = message.IndexOf("\"op\":\"error\""u8) >= 0;
        ReadOnlySpan<byte> rest = message;
        for (int at = rest.IndexOf(key); at >= 0; at = rest.IndexOf(key))
        {
            rest = rest[(at + key.Length)..];
            if (Utf8Parser.TryParse(rest, out long sequence, out _))
            {
                Answer(
                    sequence, isError ? int.MaxValue : refused,
                    refused > 0 || isError
                        ? Encoding.UTF8.GetString(message[..Math.Min(message.Length, ReasonMax)])
                        : string.Empty);
            }
        }
    }

    private void Answer(long sequence, int refused, string reason)
    {
        if (!_waiting.TryRemove(sequence, out long[]? due))
        {
            return;
        }

        long now = Stopwatch.GetTimestamp();
        refused = Math.Min(refused, due.Length);
        foreach (long dueAt in due.AsSpan(0, due.Length - refused))
        {
            _publish.Ok(dueAt, now);
        }

        if (refused > 0)
        {
            _publish.Fail(reason, refused);
        }

        _places.Release();
    }
}
