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
    // Below this mean size of a chunk, Redis' own cost per entry would outweigh the bytes: then their number is the
    // limit.
    private const int ChunkBytesMean = 64;
    private const int AppendFixed = 7;

    public async Task<TerminalAppendResult> AppendAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken)
    {
        await registry.AddAsync(terminal, cancellationToken);
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
            Epoch.Parse((string)reply[2]),
            new Pressure(PressureState.Ok, 0, options.Terminal.RetentionBytes));
    }

    public async Task<TerminalEndResult> EndAsync(
        TerminalKey terminal, int exitCode, CancellationToken cancellationToken)
    {
        await registry.AddAsync(terminal, cancellationToken);
        RedisValue[] values =
        [
            Epoch.Create().ToString(),
            exitCode,
            (long)options.Terminal.RetentionAfterEnd.TotalMilliseconds,
            RedisKeys.Bell(terminal),
        ];
        RedisResult[] reply = await EvaluateAsync(
            bulk, RedisScript.TerminalEnd, terminal, values, 0, cancellationToken);
        await registry.EndedAsync(terminal, cancellationToken);
        return new TerminalEndResult(
            (int)reply[0] == 1 ? TerminalEndStatus.EndedBefore : TerminalEndStatus.Ended,
            (int)reply[1],
            (long)reply[2],
            Epoch.Parse((string)reply[3]));
    }

    public async Task<TerminalBounds?> FindAsync(TerminalKey terminal, CancellationToken cancellationToken)
    {
        RedisKey meta = RedisKeys.Of(terminal)[1];
        RedisValue[] fields = await bulk.RunAsync(
            redis => redis.GetDatabase().HashGetAsync(meta, ["epoch", "start", "end", "exit"]), 0, cancellationToken);
        return fields[0].IsNull
            ? null
            : new TerminalBounds(
                Epoch.Parse((string)fields[0]!),
                (long)fields[1],
                (long)fields[2],
                fields[3].IsNull ? null : (int)fields[3]);
    }

    public async Task<TerminalRead?> ReadAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        RedisConnection connection = lane == ReadLane.Live ? live : bulk;
        RedisResult answer = await connection.EvaluateAsync(
            RedisScript.TerminalRead,
            RedisKeys.Of(terminal),
            [from.Offset, from.Epoch.ToString(), bytesMax],
            0,
            cancellationToken);
        if (answer.IsNull)
        {
            return null;
        }

        const int Fixed = 6;
        const int PerChunk = 4;
        var reply = (RedisResult[])answer;
        Epoch epoch = Epoch.Parse((string)reply[1]);
        string exit = (string)reply[5];
        var chunks = new TerminalChunk[(reply.Length - Fixed) / PerChunk];
        for (int i = 0; i < chunks.Length; i++)
        {
            ReadOnlySpan<RedisResult> chunk = reply.AsSpan(Fixed + (i * PerChunk), PerChunk);
            chunks[i] = new TerminalChunk(
                (long)chunk[0], (byte[])chunk[3], (TerminalSource)(int)chunk[2], (long)chunk[1]);
        }

        return new TerminalRead
        {
            Outcome = (ReadOutcome)(int)reply[0],
            Start = new TerminalCursor((long)reply[2], epoch),
            Bounds = new TerminalBounds(
                epoch,
                (long)reply[3],
                (long)reply[4],
                exit.Length == 0 ? null : int.Parse(exit, CultureInfo.InvariantCulture)),
            Chunks = chunks,
        };
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
        values[5] = Math.Max(1024, options.Terminal.RetentionBytes / ChunkBytesMean);
        values[6] = RedisKeys.Bell(terminal);
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
