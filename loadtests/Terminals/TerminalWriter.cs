using System.Diagnostics;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Terminals;

/// <summary>Writes one terminal of a run: on schedule, or as fast as it is taken.</summary>
internal sealed class TerminalWriter(
    ITerminalProducer producer, TerminalContent content, int terminal, TerminalAppends appends, TimeProvider time)
    : IAsyncDisposable
{
    private const int FillBytes = 64 * 1024;

    /// <summary>Whose answers count.</summary>
    public ITerminalProducer Producer => producer;

    /// <summary>Bytes handed over so far.</summary>
    public long End { get; private set; }

    /// <summary>Makes one, with a connection of its own.</summary>
    public static async Task<TerminalWriter> OpenAsync(
        Target target, ProducerKind kind, string task, TerminalContent content, int terminal, TerminalAppends appends,
        TimeProvider time, CancellationToken stopping)
    {
        ITerminalProducer producer = kind == ProducerKind.Socket
            ? await SocketProducer.OpenAsync(target, task, appends, stopping)
            : new HttpProducer(target, task, appends);
        return new TerminalWriter(producer, content, terminal, appends, time);
    }

    /// <summary>Writes so many bytes as fast as they are taken, and waits until all are answered.</summary>
    public async Task FillAsync(long bytes, CancellationToken stopping)
    {
        long end = End + bytes;
        while (End < end && producer.Reason is null)
        {
            int length = (int)Math.Min(FillBytes, end - End);
            await producer.AppendAsync(End, content.Slice(terminal, End, length), Stopwatch.GetTimestamp(), stopping);
            End += length;
        }

        await producer.CompleteAsync(stopping);
    }

    /// <summary>
    /// Writes on schedule; what fell due while the connection was busy goes in one append. Returns when all are
    /// answered, or one was refused.
    /// </summary>
    public async Task WriteAsync(WriteTimes times, CancellationToken stopping)
    {
        long next = 0;
        while (next < times.Count && producer.Reason is null)
        {
            await times.Schedule.WaitForAsync(next, time, stopping);
            long now = Stopwatch.GetTimestamp();
            long first = times.Schedule.DueOf(next);
            int length = 0;
            while (next < times.Count && times.Schedule.DueOf(next) <= now
                && (length == 0 || length + times.WriteBytes <= TerminalContent.SliceBytesMax))
            {
                appends.Lateness.Record(
                    (long)Stopwatch.GetElapsedTime(times.Schedule.DueOf(next), now).TotalMicroseconds);
                length += times.WriteBytes;
                next++;
            }

            await producer.AppendAsync(End, content.Slice(terminal, End, length), first, stopping);
            End += length;
        }

        await producer.CompleteAsync(stopping);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => producer.DisposeAsync();
}
