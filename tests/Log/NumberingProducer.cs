using System.Text;
using Realtime.Log;

namespace Realtime.Tests.Log;

/// <summary>
/// One life of a producer that publishes numbered events in several groups at once, loses answers and sends again what
/// has none, several batches at a time and so out of order; until it learns that a later life is at work.
/// </summary>
internal sealed class NumberingProducer(IPartitionedLog log, StreamKey stream, long epoch, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, long> _acknowledged = [];

    public long Epoch => epoch;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStale { get; private set; }

    /// <summary>The highest number acknowledged, by group.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => _acknowledged;

    public async Task PublishAsync(string[] groups, int rounds)
    {
        for (int round = 0; round < rounds && !IsStale; round++)
        {
            // Batches at the same time overtake each other: what arrives too early is told what is expected.
            AppendBatch[] batches = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NextBatch(groups))];
            await Task.WhenAll(batches.Select(SendAsync));
            foreach (AppendBatch batch in batches)
            {
                Learn(batch);
            }
        }
    }

    // Begins at, behind or before what is acknowledged: before is a retry, behind a batch that overtook another.
    private AppendBatch NextBatch(string[] groups)
    {
        var events = new List<EventAppend>();
        foreach (string group in groups.Where(_ => _random.Next(2) == 0))
        {
            long from = Math.Max(1, _acknowledged.GetValueOrDefault(group) + _random.Next(-2, 3));
            for (long seq = from; seq < from + _random.Next(1, 5); seq++)
            {
                events.Add(new EventAppend
                {
                    Envelope = Encoding.UTF8.GetBytes($"{group} {epoch} {seq}"),
                    Producer = new ProducerNumber("p", group, epoch, seq),
                });
            }
        }

        return new AppendBatch(events, IsAnswerLost: _random.Next(4) == 0);
    }

    private async Task SendAsync(AppendBatch batch)
    {
        await Task.Yield();
        batch.Result = await log.AppendAsync(stream, batch.Events, CancellationToken.None);
    }

    private void Learn(AppendBatch batch)
    {
        for (int i = 0; i < batch.Events.Count && !batch.IsAnswerLost; i++)
        {
            AppendOutcome outcome = batch.Result!.Outcomes[i];
            (_, string group, _, long seq) = batch.Events[i].Producer!.Value;
            IsStale |= outcome.Status == AppendStatus.StaleProducer;
            long known = _acknowledged.GetValueOrDefault(group);
            if (outcome.Status is AppendStatus.Stored or AppendStatus.Duplicate)
            {
                _acknowledged[group] = Math.Max(known, seq);
            }
            else if (outcome.Status == AppendStatus.ProducerGap)
            {
                // What was acknowledged is never asked for again.
                Assert.InRange(outcome.ExpectedSeq, 1, seq - 1);
            }
        }
    }

    private sealed record AppendBatch(IReadOnlyList<EventAppend> Events, bool IsAnswerLost)
    {
        public AppendResult? Result { get; set; }
    }
}
