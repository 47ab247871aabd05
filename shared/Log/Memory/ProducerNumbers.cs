namespace Realtime.Log.Memory;

/// <summary>The numbers of one producer in one group, with the answers that it may ask for again.</summary>
internal sealed class ProducerNumbers(string key, int answersMax)
{
    private readonly LinkedList<ProducerAnswer> _answers = new();

    public string Key => key;

    public long Epoch { get; private set; } = -1;

    public long Last { get; private set; }

    public long UsedMs { get; private set; }

    /// <summary>What is to become of an event: stored if that is said, and nothing else speaks against it.</summary>
    public AppendOutcome Judge(long epoch, long seq)
    {
        long expected = epoch > Epoch ? 1 : Last + 1;
        if (epoch < Epoch)
        {
            return new AppendOutcome(AppendStatus.StaleProducer, default);
        }

        if (seq > expected)
        {
            return new AppendOutcome(AppendStatus.ProducerGap, default) { ExpectedSeq = expected };
        }

        return seq == expected
            ? new AppendOutcome(AppendStatus.Stored, default)
            : new AppendOutcome(AppendStatus.Duplicate, Find(seq));
    }

    /// <summary>Notes that an event was stored.</summary>
    public void Advance(long epoch, long seq, StreamCursor position, long nowMs)
    {
        if (epoch > Epoch)
        {
            Epoch = epoch;
            _answers.Clear();
        }

        (Last, UsedMs) = (seq, nowMs);
        if (_answers.Last is { } last && last.Value.GoesOnAt(position))
        {
            last.Value = last.Value with { Count = last.Value.Count + 1 };
            return;
        }

        _answers.AddLast(new ProducerAnswer(seq, 1, position));
        if (_answers.Count > answersMax)
        {
            _answers.RemoveFirst();
        }
    }

    private StreamCursor Find(long seq)
    {
        LinkedListNode<ProducerAnswer>? answer = _answers.Last;
        while (answer is not null && !answer.Value.Holds(seq))
        {
            answer = answer.Previous;
        }

        return answer?.Value.PositionOf(seq) ?? default;
    }
}
