using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Publishing;

/// <summary>
/// Publishes events on schedule over several connections. Event k belongs to agent k mod agents and is number k /
/// agents of it; an agent has one connection, so that its order is kept. While an answer is awaited, what falls due
/// joins the next batch.
/// </summary>
internal sealed class PublishLoad(
    Target target, AgentNames agents, long run, PublishLoadOptions options, TimeProvider time)
{
    private long _stored;
    private long _refused;
    private string? _reason;

    /// <summary>
    /// From due to being handed to the connection: what the client itself adds to the latency it measures.
    /// </summary>
    public Histogram Lateness { get; } = new();

    /// <summary>From due to the acknowledgement.</summary>
    public Histogram Acknowledged { get; } = new();

    /// <summary>Events acknowledged.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>Events refused, or sent without an answer.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Why the first was refused.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Publishes the first <paramref name="count"/> of the schedule; returns when all are answered.</summary>
    /// <param name="schedule">When each is due.</param>
    /// <param name="warmup">How many come before the measured ones.</param>
    /// <param name="count">How many in all.</param>
    /// <param name="stopping">Ends it.</param>
    public Task RunAsync(OpenLoopSchedule schedule, long warmup, long count, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(connection => RunConnectionAsync(connection, schedule, warmup, count, stopping)));

    private int Connections => Math.Min(options.Connections, agents.Count);

    private async Task RunConnectionAsync(
        int connection, OpenLoopSchedule schedule, long warmup, long count, CancellationToken stopping)
    {
        using var publisher = new EventPublisher(target);
        var batch = new EventBatch(agents, options.PayloadBytes);
        var due = new List<long>(options.BatchEventsMax);
        long next = NextOf(connection, 0);
        while (next < count)
        {
            await schedule.WaitForAsync(next, time, stopping);
            long now = Stopwatch.GetTimestamp();
            batch.Reset();
            due.Clear();
            while (next < count && schedule.DueOf(next) <= now && batch.Count < options.BatchEventsMax)
            {
                long dueAt = schedule.DueOf(next);
                batch.Add(new Stamp(run, next % agents.Count, next / agents.Count, dueAt));
                if (next >= warmup)
                {
                    due.Add(dueAt);
                    Lateness.Record(MicrosecondsBetween(dueAt, now));
                }

                next = NextOf(connection, next + 1);
            }

            Count(await publisher.PostAsync(batch, stopping));
            now = Stopwatch.GetTimestamp();
            foreach (long dueAt in due)
            {
                Acknowledged.Record(MicrosecondsBetween(dueAt, now));
            }
        }
    }

    private long NextOf(int connection, long from)
    {
        long index = from;
        while (index % agents.Count % Connections != connection)
        {
            index++;
        }

        return index;
    }

    private void Count(PublishOutcome outcome)
    {
        Interlocked.Add(ref _stored, outcome.Stored);
        Interlocked.Add(ref _refused, outcome.Refused);
        if (outcome.Reason is not null)
        {
            Interlocked.CompareExchange(ref _reason, outcome.Reason, null);
        }
    }

    private static long MicrosecondsBetween(long from, long to) =>
        (long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds;
}
