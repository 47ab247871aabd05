using System.Globalization;
using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Terminals in Redis, each in a slot of its own. Their bytes travel on the bulk connection, so that a flood of them
/// never delays events.
/// </summary>
internal sealed class RedisTerminals(
    RedisConnection live, RedisConnection bulk, RedisTerminalRegistry registry, LogOptions options)
{
    private const int AppendFixed = 14;

    public async Task<TerminalAppendResult> AppendAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken)
    {
        if (!append.Data.IsEmpty)
        {
            // Who only asks for the pressure takes no place of its tenant, and none from a terminal that ended.
            await registry.AddAsync(terminal, cancellationToken);
        }

        RedisValue[] values = AppendArguments(terminal, append);
        RedisResult[] reply = await EvaluateAsync(
            bulk, RedisScript.TerminalAppend, terminal, values, append.Data.Length, cancellationToken);
        if ((int)reply[3] == 1)
        {
            await registry.AddAgainAsync(terminal, cancellationToken);
        }

        return new TerminalAppendResult(
            (TerminalAppendStatus)(int)reply[0],
            (long)reply[1],
            Epoch.TryParse((string)reply[2], out Epoch epoch) ? epoch : default,
            new Pressure(
                (int)reply[5] == 1 ? PressureState.Pause : PressureState.Ok,
                (long)reply[4],
                options.TerminalDepthBytesMax))
        {
            StoredBytes = (int)reply[6],
        };
    }

    public async Task<TerminalResizeResult> ResizeAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        await registry.AddAsync(terminal, cancellationToken);
        RedisValue[] values =
        [
            Epoch.Create().ToString(),
            size.Columns,
            size.Rows,
            LogLimits.TerminalSizesMax,
            RedisKeys.Bell(terminal),
            claim?.Producer ?? string.Empty,
            claim?.Epoch ?? 0,
        ];
        RedisResult[] reply = await EvaluateAsync(
            bulk, RedisScript.TerminalResize, terminal, values, 0, cancellationToken);
        if ((int)reply[3] == 1)
        {
            await registry.AddAgainAsync(terminal, cancellationToken);
        }

        return new TerminalResizeResult(
            (TerminalResizeStatus)(int)reply[0], (long)reply[1], Epoch.Parse((string)reply[2]));
    }

    public Task ReportReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken) =>
        live.EvaluateAsync(
            RedisScript.TerminalReport,
            RedisKeys.Of(terminal),
            [reader, readTo.Offset, readTo.Epoch.ToString(), (long)LogLimits.ReaderLife.TotalMilliseconds],
            0,
            cancellationToken);

    public async Task<TerminalEndResult> EndAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        await registry.AddAsync(terminal, cancellationToken);
        RedisValue[] values =
        [
            Epoch.Create().ToString(),
            exitCode,
            (long)options.Terminal.RetentionAfterEnd.TotalMilliseconds,
            RedisKeys.Bell(terminal),
            claim?.Producer ?? string.Empty,
            claim?.Epoch ?? 0,
        ];
        RedisResult[] reply = await EvaluateAsync(
            bulk, RedisScript.TerminalEnd, terminal, values, 0, cancellationToken);
        var status = (TerminalEndStatus)(int)reply[0];
        if (status is TerminalEndStatus.Ended or TerminalEndStatus.EndedBefore)
        {
            await registry.EndedAsync(terminal, cancellationToken);
        }

        return new TerminalEndResult(
            status,
            (int)reply[1],
            (long)reply[2],
            Epoch.Parse((string)reply[3]));
    }

    public async Task<TerminalBounds?> FindAsync(TerminalKey terminal, CancellationToken cancellationToken)
    {
        RedisKey meta = RedisKeys.Of(terminal)[1];
        RedisValue[] fields = await bulk.RunAsync(
            redis => redis.GetDatabase().HashGetAsync(meta, ["epoch", "start", "end", "exit", "n", "size"]),
            0,
            cancellationToken);
        return fields[0].IsNull
            ? null
            : ToBounds(
                fields[0]!, (long)fields[1], (long)fields[2], (string?)fields[3], (int)fields[4], (string?)fields[5]);
    }

    public async Task<TerminalRead?> ReadAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        RedisConnection connection = lane == ReadLane.Live ? live : bulk;
        RedisResult answer = await connection.EvaluateAsync(
            RedisScript.TerminalRead,
            RedisKeys.Of(terminal),
            [from.Offset, from.Epoch.ToString(), bytesMax, from.Records, LogLimits.TerminalReadChunksMax],
            0,
            cancellationToken);
        if (answer.IsNull)
        {
            return null;
        }

        const int Fixed = 9;
        const int PerChunk = 4;
        var reply = (RedisResult[])answer;
        Epoch epoch = Epoch.Parse((string)reply[1]);
        long offset = (long)reply[2];
        var chunks = new TerminalChunk[(reply.Length - Fixed) / PerChunk];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = ToChunk(reply.AsSpan(Fixed + (i * PerChunk), PerChunk));
        }

        var outcome = (ReadOutcome)(int)reply[0];
        return new TerminalRead
        {
            Outcome = outcome,
            Start = outcome == ReadOutcome.Whole
                ? new TerminalCursor(offset, epoch, from.Records)
                : new TerminalCursor(offset, epoch),
            Size = ToSize((string)reply[8]),
            Bounds = ToBounds(
                (string)reply[1], (long)reply[3], (long)reply[4], (string)reply[5], (int)reply[6], (string)reply[7]),
            Chunks = chunks,
        };
    }

    // Offset, ms, source, bytes; of a record: offset, ms, its number below 0, "<columns>x<rows>".
    private static TerminalChunk ToChunk(ReadOnlySpan<RedisResult> reply)
    {
        int source = (int)reply[2];
        return source < 0
            ? new TerminalChunk(
                (long)reply[0], default, TerminalSource.Stdout, (long)reply[1], ToSize((string)reply[3]), -source)
            : new TerminalChunk((long)reply[0], (byte[])reply[3], (TerminalSource)source, (long)reply[1]);
    }

    private static TerminalBounds ToBounds(
        string epoch, long start, long end, string? exit, int records, string? size)
    {
        int? exitCode = string.IsNullOrEmpty(exit) ? null : int.Parse(exit, CultureInfo.InvariantCulture);

        // The end is a record too, but one that the exit code tells.
        return new TerminalBounds(
            Epoch.Parse(epoch), start, end, exitCode, exitCode is null ? records : records - 1, ToSize(size));
    }

    private static TerminalSize? ToSize(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        int x = text.IndexOf('x', StringComparison.Ordinal);
        return new TerminalSize(
            int.Parse(text.AsSpan(0, x), NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(text.AsSpan(x + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private RedisValue[] AppendArguments(TerminalKey terminal, TerminalAppend append)
    {
        int chunks = (append.Data.Length + LogLimits.TerminalChunkBytesMax - 1) / LogLimits.TerminalChunkBytesMax;
        var values = new RedisValue[AppendFixed + chunks];
        values[0] = Epoch.Create().ToString();
        values[1] = append.Offset is long offset ? offset : RedisValue.EmptyString;
        values[2] = append.AfterLoss?.ToString() ?? string.Empty;
        values[3] = (int)append.Source;
        values[4] = options.Terminal.RetentionBytes;
        values[5] = options.Terminal.ChunksMax;
        values[6] = RedisKeys.Bell(terminal);
        int depthMax = options.TerminalDepthBytesMax;
        values[7] = options.Backpressure.Enabled ? depthMax : 0;
        values[8] = (long)Math.Ceiling(depthMax * options.Backpressure.PauseThreshold);
        values[9] = (long)Math.Ceiling(depthMax * options.Backpressure.ResumeThreshold);
        values[10] = (long)LogLimits.ReaderLife.TotalMilliseconds;
        values[11] = LogLimits.TerminalEndMax;
        values[12] = append.Claim?.Producer ?? string.Empty;
        values[13] = append.Claim?.Epoch ?? 0;
        ReadOnlyMemory<byte> rest = append.Data;
        for (int i = 0; i < chunks; i++)
        {
            int length = Math.Min(rest.Length, LogLimits.TerminalChunkBytesMax);
            values[AppendFixed + i] = rest[..length].ToArray();
            rest = rest[length..];
        }

        return values;
    }

    private static async Task<RedisResult[]> EvaluateAsync(
        RedisConnection connection, RedisScript script, TerminalKey terminal, RedisValue[] values, int bytes,
        CancellationToken cancellationToken) =>
        (RedisResult[])await connection.EvaluateAsync(
            script, RedisKeys.Of(terminal), values, bytes, cancellationToken);
}
