using System.Runtime.InteropServices;
using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Appends to event streams in Redis, one call of a stream at a time: what comes meanwhile waits, and goes together in
/// the next one. Nobody waits where nothing is under way. Each batch keeps its own outcomes, as if it had gone alone.
/// </summary>
internal sealed class RedisAppends
{
    private readonly Lock _gate = new();

    // Of streams with a call under way.
    private readonly Dictionary<StreamKey, AppendLine> _lines = [];
    private readonly RedisConnection _live;
    private readonly RedisKeys _keys;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly RedisScript _script;

    // Of all that was not answered yet, sent or not.
    private long _heldBytes;

    public RedisAppends(RedisConnection live, RedisKeys keys, LogOptions options, TimeProvider time)
    {
        _live = live;
        _keys = keys;
        _options = options;
        _time = time;
        _script = Script(options);
    }

    /// <summary>Appends a batch. Who leaves before the answer may or may not have stored it.</summary>
    public async Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var append = new PendingAppend(batch, _keys.IdempotencyStart(stream));
        if (Begin(stream, append) is not { } line)
        {
            return await WaitAsync(append, cancellationToken);
        }

        try
        {
            AppendReply reply = await SendAsync(
                stream, append.Keys, append.ValuesWithRoom, append.Events, append.Bytes, cancellationToken);
            return reply.Take(append.Events);
        }
        finally
        {
            End(line, append);
        }
    }

    private static RedisScript Script(LogOptions options) => RedisScript.With(
        "append",
        ("DEPTH_MAX", options.Backpressure.Enabled ? options.QueueDepthMax : 0),
        ("DEPTH_PAUSE", (long)Math.Ceiling(options.QueueDepthMax * options.Backpressure.PauseThreshold)),
        ("DEPTH_RESUME", (long)Math.Ceiling(options.QueueDepthMax * options.Backpressure.ResumeThreshold)),
        ("READER_LIFE", (long)LogLimits.ReaderLife.TotalMilliseconds),
        ("ENTRIES_MAX", options.EntriesPerStreamMax),
        ("RETENTION", options.RetentionMs),
        ("MEMORY_MAX", options.StoredBytesPerStreamMax),
        ("STATE_KEYS_MAX", options.StateKeysPerStreamMax),
        ("IDEMPOTENCY_WINDOW", (long)options.IdempotencyWindow.TotalMilliseconds),
        ("IDEMPOTENCY_KEYS_MAX", options.IdempotencyKeysPerStreamMax),
        ("PRODUCERS_MAX", options.ProducersPerStreamMax),
        ("ANSWERS_MAX", options.ProducerAnswersMax),
        ("BELL_MAX", options.Redis.BellBytesMax));

    // The line of the stream if nothing of it is under way: then it goes at once. Else it waits, and null.
    private AppendLine? Begin(StreamKey stream, PendingAppend append)
    {
        lock (_gate)
        {
            if (_heldBytes + append.HeldBytes > _options.Redis.InFlightBytesMax)
            {
                throw new LogUnavailableException(
                    LogUnavailableReason.TimedOut,
                    $"Redis ({_options.Redis.Address}) does not keep up: {_options.Redis.InFlightBytesMax} bytes of "
                        + "appends wait.");
            }

            _heldBytes += append.HeldBytes;
            if (!_lines.TryGetValue(stream, out AppendLine? line))
            {
                line = new AppendLine(stream);
                _lines.Add(stream, line);
                return line;
            }

            append.BeginToWait();
            line.Add(append);
            return null;
        }
    }

    private async Task<AppendResult> WaitAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        try
        {
            return await append.WaitAsync(_options.Redis.CommandTimeout, _time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw RedisErrors.ToUnavailable(late, _options.Redis);
        }
    }

    private void End(AppendLine line, PendingAppend append)
    {
        lock (_gate)
        {
            _heldBytes -= append.HeldBytes;
            if (line.IsEmpty)
            {
                _lines.Remove(line.Stream);
                return;
            }
        }

        // Ends with the answers of those that wait for it, so nobody else has to.
        line.Sending = SendRestAsync(line);
    }

    private async Task SendRestAsync(AppendLine line)
    {
        var group = new List<PendingAppend>();
        while (TryTake(line, group))
        {
            try
            {
                AppendReply reply = await SendAsync(line.Stream, group);
                foreach (PendingAppend append in group)
                {
                    append.Answer(reply.Take(append.Events));
                }
            }
            catch (Exception failure)
            {
                // Whatever it is, it is told to who waits for it.
                foreach (PendingAppend append in group)
                {
                    append.Fail(failure);
                }
            }
        }
    }

    // In place of those that were answered. False: nothing waits, so nothing of the stream is under way any more.
    private bool TryTake(AppendLine line, List<PendingAppend> group)
    {
        lock (_gate)
        {
            _heldBytes -= group.Sum(static append => append.HeldBytes);
            group.Clear();
            _heldBytes -= line.TakeInto(group, _options.Redis.AppendEventsMax, _options.Redis.AppendBytesMax);
            if (group.Count == 0)
            {
                _lines.Remove(line.Stream);
            }

            return group.Count > 0;
        }
    }

    private Task<AppendReply> SendAsync(StreamKey stream, List<PendingAppend> group)
    {
        if (group.Count == 1)
        {
            PendingAppend only = group[0];
            return SendAsync(
                stream, only.Keys, only.ValuesWithRoom, only.Events, only.Bytes, CancellationToken.None);
        }

        var keys = new List<RedisKey>();
        var values = new RedisValue[PendingAppend.FixedValues + group.Sum(static append => append.Values.Length)];
        int at = PendingAppend.FixedValues;
        foreach (PendingAppend append in group)
        {
            keys.AddRange(append.Keys);
            append.Values.CopyTo(values.AsSpan(at));
            at += append.Values.Length;
        }

        return SendAsync(
            stream, CollectionsMarshal.AsSpan(keys), values,
            group.Sum(static append => append.Events), group.Sum(static append => append.Bytes),
            CancellationToken.None);
    }

    private Task<AppendReply> SendAsync(
        StreamKey stream, ReadOnlySpan<RedisKey> idempotency, RedisValue[] values, int events, int bytes,
        CancellationToken cancellationToken)
    {
        RedisKey[] names = _keys.Of(stream, more: idempotency.Length);
        idempotency.CopyTo(names.AsSpan(RedisKeys.StreamKeys));
        values[0] = Epoch.Create().ToString();
        values[1] = stream.Tenant;
        values[2] = events;
        values[3] = _keys.Bell(stream);
        values[4] = _keys.IdempotencyStart(stream);
        return EvaluateAsync(names, values, bytes, cancellationToken);
    }

    private async Task<AppendReply> EvaluateAsync(
        RedisKey[] names, RedisValue[] values, int bytes, CancellationToken cancellationToken) =>
        new((RedisResult[])await _live.EvaluateAsync(_script, names, values, bytes, cancellationToken),
            _options.QueueDepthMax);
}
