using System.Globalization;
using System.Text;
using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Event streams in Redis: each call is one script, so each answer is one consistent look.</summary>
internal sealed class RedisEventStreams(RedisConnection live, RedisConnection bulk, RedisKeys keys)
{
    public async Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken)
    {
        RedisResult[] reply = await EvaluateAsync(
            bulk, RedisScript.Open, keys.Of(stream), Arguments(stream, 2), 0, cancellationToken);
        var state = new List<StateValue>((reply.Length - 4) / 2);
        for (int i = 4; i < reply.Length; i += 2)
        {
            state.Add(ToStateValue((string)reply[i], (byte[])reply[i + 1]));
        }

        state.Sort(static (left, right) => left.Position.Entry.CompareTo(right.Position.Entry));
        return new StreamOpening
        {
            End = new StreamCursor(new EntryId((long)reply[1], (long)reply[2]), Epoch.Parse((string)reply[0])),
            NowMs = (long)reply[3],
            State = state,
        };
    }

    public async Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        RedisValue[] values = ReadArguments(stream, after, limit);
        RedisResult[] reply = await EvaluateAsync(
            lane == ReadLane.Live ? live : bulk, RedisScript.Read, keys.Of(stream), values, 0, cancellationToken);

        long missing = (long)reply[4];
        return new EventRead
        {
            Outcome = (ReadOutcome)(int)reply[0],
            Start = new StreamCursor(new EntryId((long)reply[2], (long)reply[3]), Epoch.Parse((string)reply[1])),
            Missing = missing < 0 ? null : missing,
            Last = new EntryId((long)reply[5], (long)reply[6]),
            NowMs = (long)reply[7],
            Entries = ToEntries(reply, 8),
        };
    }

    public async Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        RedisValue[] values = ReadArguments(stream, before ?? default, limit);
        if (before is null)
        {
            values[2] = RedisValue.EmptyString;
        }

        RedisResult[] reply = await EvaluateAsync(
            lane == ReadLane.Live ? live : bulk, RedisScript.ReadBack, keys.Of(stream), values, 0, cancellationToken);
        return new EventReadBack
        {
            Outcome = (ReadOutcome)(int)reply[0],
            End = new StreamCursor(new EntryId((long)reply[2], (long)reply[3]), Epoch.Parse((string)reply[1])),
            HasOlder = (int)reply[4] == 1,
            Entries = ToEntries(reply, 5),
        };
    }

    public async Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken)
    {
        int looked = Math.Min(recent.Count, LogLimits.RecentIdsMax);
        RedisValue[] values = Arguments(stream, 4 + looked);
        values[2] = lost.Epoch.ToString();
        values[3] = keys.Bell(stream);
        for (int i = 0; i < looked; i++)
        {
            values[4 + i] = recent[^(i + 1)].ToString();
        }

        RedisResult[] reply = await EvaluateAsync(
            live, RedisScript.Renew, keys.Of(stream), values, 0, cancellationToken);
        return Epoch.Parse((string)reply[0]);
    }

    public Task ReportReaderAsync(StreamKey stream, string reader, long offset, CancellationToken cancellationToken)
    {
        RedisValue[] values = Arguments(stream, 5);
        values[2] = reader;
        values[3] = offset;
        values[4] = Milliseconds(LogLimits.ReaderLife);
        return live.EvaluateAsync(RedisScript.Report, keys.Of(stream), values, 0, cancellationToken);
    }

    private static RedisValue[] ReadArguments(StreamKey stream, StreamCursor place, ReadLimit limit)
    {
        RedisValue[] values = Arguments(stream, 7);
        values[2] = place.Entry.Ms;
        values[3] = place.Entry.Offset;
        values[4] = place.Epoch.ToString();
        values[5] = limit.Entries;
        values[6] = limit.Bytes;
        return values;
    }

    // Id, envelope in pairs from an index on.
    private static LogEntry[] ToEntries(RedisResult[] reply, int first)
    {
        var entries = new LogEntry[(reply.Length - first) / 2];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new LogEntry(ToEntryId((string)reply[first + (2 * i)]), (byte[])reply[first + (2 * i) + 1]);
        }

        return entries;
    }

    private static RedisValue[] Arguments(StreamKey stream, int count)
    {
        var values = new RedisValue[count];
        values[0] = Epoch.Create().ToString();
        values[1] = stream.Tenant;
        return values;
    }

    private static async Task<RedisResult[]> EvaluateAsync(
        RedisConnection connection, RedisScript script, RedisKey[] names, RedisValue[] values, int bytes,
        CancellationToken cancellationToken) =>
        (RedisResult[])await connection.EvaluateAsync(script, names, values, bytes, cancellationToken);

    // "<ms>-<offset>.<epoch>" NUL envelope
    private static StateValue ToStateValue(string key, byte[] stored)
    {
        int nul = Array.IndexOf(stored, (byte)0);
        return new StateValue(key, ToCursor(Encoding.ASCII.GetString(stored, 0, nul)), stored.AsMemory(nul + 1));
    }

    /// <summary>Reads &lt;ms&gt;-&lt;offset&gt;.&lt;epoch&gt;.</summary>
    internal static StreamCursor ToCursor(string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return new StreamCursor(ToEntryId(text.AsSpan(0, dot)), Epoch.Parse(text.AsSpan(dot + 1)));
    }

    private static EntryId ToEntryId(ReadOnlySpan<char> text) => EntryId.TryParse(text, out EntryId id)
        ? id
        : throw new FormatException("An entry of an event stream has an id that was not made by the log.");

    private static string Milliseconds(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
