using System.Diagnostics;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Speech;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Publishing;

/// <summary>
/// Publishes events on schedule over several connections. Event k belongs to agent k mod agents and is number k /
/// agents of it; an agent has one connection, so that its order is kept. While an answer is awaited, what falls due
/// joins the next batch.
/// </summary>
internal sealed class PublishLoad(Target target, EventPlan plan, PublishLoadOptions options, TimeProvider time)
{
    private readonly AgentNames _agents = new(plan.Run, plan.Agents);

    /// <summary>From due to the acknowledgement; failed are events refused, or sent without an answer.</summary>
    public Step Publish { get; } = new("publish");

    /// <summary>Requests that were sent again.</summary>
    public Step Repeat { get; } = new("repeat");

    /// <summary>
    /// From due to being handed to the connection: what the client itself adds to the latency it measures.
    /// </summary>
    public Histogram Lateness { get; } = new();

    private int Connections => Math.Min(options.Connections, plan.Agents);

    /// <summary>Publishes all of the schedule; returns when all are answered.</summary>
    /// <param name="schedule">When each is due.</param>
    /// <param name="from">From when on lateness counts.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(OpenLoopSchedule schedule, long from, CancellationToken stopping)
    {
        // One that fails ends the others: what is published then would count for nothing.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            try
            {
                await RunConnectionAsync(connection, schedule, from, failed.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }));
    }

    private async Task RunConnectionAsync(
        int connection, OpenLoopSchedule schedule, long from, CancellationToken stopping)
    {
        await using IEventPublisher publisher = await OpenAsync(connection, stopping);
        var batch = new EventBatch(_agents, options.PayloadBytes, options.Repeats);
        var due = new List<long>(options.BatchEventsMax);
        long next = NextOf(connection, 0);
        while (next < schedule.Count)
        {
            await schedule.WaitForAsync(next, time, stopping);
            long now = Stopwatch.GetTimestamp();
            batch.Reset();
            due.Clear();
            for (long dueAt = schedule.DueOf(next); dueAt <= now && batch.Count < options.BatchEventsMax;
                dueAt = schedule.DueOf(next))
            {
                batch.Add(new Stamp(plan.Run, next % plan.Agents, next / plan.Agents, dueAt));
                due.Add(dueAt);
                if (dueAt >= from)
                {
                    Lateness.Record((long)Stopwatch.GetElapsedTime(dueAt, now).TotalMicroseconds);
                }

                next = NextOf(connection, next + 1);
            }

            await publisher.PublishAsync(batch, due, stopping);
        }

        await publisher.CompleteAsync(stopping);
    }

    private async Task<IEventPublisher> OpenAsync(int connection, CancellationToken stopping) =>
        target.Access.Speech == SpeechKind.Nats
            ? await NatsPublisher.OpenAsync(target.IngestOf(connection), Publish, stopping)
            : options.Producer == ProducerKind.Socket
            ? await SocketPublisher.OpenAsync(target, target.EdgeOf(connection), Publish, stopping)
            : new HttpPublisher(target, target.IngestOf(connection), Publish, options.Repeats ? Repeat : null, time);

    private long NextOf(int connection, long from)
    {
        long index = from;
        while (index % plan.Agents % Connections != connection)
        {
            index++;
        }

        return index;
    }
}
