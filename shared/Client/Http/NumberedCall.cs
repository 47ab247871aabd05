using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>
/// The events of one call and their numbers. A number is given to an event for good when it is stored; until then every
/// attempt gives the same, since what is stored of a group is always its beginning.
/// </summary>
internal sealed class NumberedCall(ProducerNumbers numbers, ProducerGroup[] groups, byte[][] bodies)
{
    private readonly Dictionary<ProducerGroup, int> _inDoubtBefore = [];

    /// <summary>The events of one request, with their numbers.</summary>
    public IReadOnlyList<byte[]> Number(IReadOnlyList<int> pending)
    {
        _inDoubtBefore.Clear();
        byte[][] numbered = new byte[pending.Count][];
        foreach (IGrouping<ProducerGroup, int> own in Enumerable.Range(0, pending.Count)
            .GroupBy(i => groups[pending[i]]))
        {
            ProducerGroup group = own.Key;
            _inDoubtBefore.Add(group, group.InDoubt.Count);
            group.Send([.. own.Select(i => bodies[pending[i]])]);
            long number = group.Stored;
            foreach (int i in own)
            {
                numbered[i] = PublishBody.Number(bodies[pending[i]], numbers.Id, group.Epoch, ++number);
            }
        }

        return numbered;
    }

    /// <summary>What became of one of them: the same, or that it is to be sent again.</summary>
    public PublishResult Take(int index, PublishResult result)
    {
        ProducerGroup group = groups[index];
        if (result.IsStored)
        {
            bool isUsed = result.IsDuplicate && numbers.IsEpochGiven && group.Stored == 0
                && _inDoubtBefore[group] == 0;
            group.TakeStored();
            return isUsed ? UsedBefore(group) : result;
        }

        if (result.Error is ProducerGapException gap)
        {
            // The log has forgotten what it acknowledged: no number of this life goes on from there.
            if (gap.Expected <= group.Stored)
            {
                group.BeginAnew();
            }

            return result with { Error = new RealtimeException(gap.Code, gap.Detail, retry: true, gap) };
        }

        if (!result.Error.Retry)
        {
            // Whatever came of earlier attempts, it would have been answered as stored.
            group.InDoubt.Clear();
            StopIfStale(result.Error);
        }

        return result;
    }

    /// <summary>A request was refused as a whole: nothing of it was stored; earlier attempts may have been.</summary>
    public void Refused(RealtimeException error)
    {
        foreach ((ProducerGroup group, int before) in _inDoubtBefore)
        {
            group.InDoubt.RemoveRange(before, group.InDoubt.Count - before);
        }

        StopIfStale(error);
    }

    // The first event of a group, sent for the first time: what is there under its number is not it.
    private PublishResult UsedBefore(ProducerGroup group) => new(null, false, new RealtimeException(
        ErrorCodes.Conflict,
        $"Producer {numbers.Id} has published in epoch {group.Epoch} before: give each start a higher Producer.Epoch.",
        retry: false));

    private void StopIfStale(RealtimeException error)
    {
        if (error.Code == ErrorCodes.StaleProducer)
        {
            numbers.Stale = new StaleProducerException(error.Detail, error);
        }
    }
}
