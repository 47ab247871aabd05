using System.Buffers;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>
/// A link of a rate and a length, with a viewer behind it that acknowledges each of its terminals every 50 ms, and the
/// worker's loop before it: terminals in turn, each with a window, and replay in turn with them if there is any.
/// </summary>
internal sealed class SimulatedLink
{
    // A whole batch in base64.
    private const int SliceBytesMax = 44 * 1024;

    private const int WindowBytes = 256 * 1024;

    private readonly ManualClock _clock;
    private readonly List<Arrival> _travelling = [];
    private readonly List<(TimeSpan At, SimulatedTerminal Terminal, long Offset)> _acknowledging = [];
    private readonly SimulatedTerminal[] _terminals;
    private TimeSpan _now;
    private readonly Queue<(TimeSpan At, byte[] Mark)> _marks = new();
    private TimeSpan _freeAt;
    private int _turn;
    private bool _isBulkFirst;

    public SimulatedLink(BulkFlow flow, ManualClock clock, int bytesPerSecond, TimeSpan way, int terminals = 1)
    {
        Flow = flow;
        _clock = clock;
        BytesPerSecond = bytesPerSecond;
        Way = way;
        _terminals = [.. Enumerable.Range(0, terminals).Select(_ => new SimulatedTerminal())];
    }

    private readonly record struct Arrival(TimeSpan At, SimulatedTerminal Terminal, long Offset);

    public BulkFlow Flow { get; }

    public int BytesPerSecond { get; set; }

    /// <summary>How long it takes in one direction, besides the bytes.</summary>
    public TimeSpan Way { get; set; }

    public SimulatedTerminal this[int terminal] => _terminals[terminal];

    public long Carried => _terminals.Sum(static terminal => terminal.Arrived);

    /// <summary>What paces a replay that never ends, and the connection's outbox.</summary>
    public (ReplayFlow Flow, Outbox Outbox)? Replay { get; set; }

    /// <summary>Whether the other end sends marks back.</summary>
    public bool ReturnsMarks { get; set; } = true;

    /// <summary>Bytes of replay that were sent.</summary>
    public long Replayed { get; private set; }

    /// <summary>How long a byte that is sent now waits for those before it.</summary>
    public TimeSpan Queue => _freeAt > _now ? _freeAt - _now : TimeSpan.Zero;

    /// <summary>Lets time pass; returns the most that was in flight, and the longest queue.</summary>
    public (long InFlight, TimeSpan Queue) Run(TimeSpan time)
    {
        long most = 0;
        TimeSpan longest = TimeSpan.Zero;
        TimeSpan step = TimeSpan.FromMilliseconds(1);
        for (TimeSpan until = _now + time; _now < until; _now += step, _clock.Advance(step))
        {
            Acknowledge();
            while (Round())
            {
            }

            most = Math.Max(most, Flow.InFlight);
            longest = Queue > longest ? Queue : longest;
        }

        return (most, longest);
    }

    private void Acknowledge()
    {
        foreach (Arrival piece in _travelling.Where(piece => piece.At <= _now).ToArray())
        {
            _travelling.Remove(piece);
            piece.Terminal.Arrived = piece.Offset;
        }

        if ((int)_now.TotalMilliseconds % 50 == 0)
        {
            foreach (SimulatedTerminal terminal in _terminals.Where(
                static item => !item.IsStalled && item.Arrived > item.Shown))
            {
                terminal.Shown = terminal.Arrived;
                _acknowledging.Add((_now + Way, terminal, terminal.Shown));
            }
        }

        foreach ((TimeSpan At, SimulatedTerminal Terminal, long Offset) ack in
            _acknowledging.Where(ack => ack.At <= _now).ToArray())
        {
            _acknowledging.Remove(ack);
            ack.Terminal.Acknowledged = Math.Max(ack.Terminal.Acknowledged, ack.Offset);
        }

        while (_marks.TryPeek(out (TimeSpan At, byte[] Mark) back) && back.At <= _now)
        {
            _marks.Dequeue();
            if (ReturnsMarks)
            {
                Replay!.Value.Outbox.TakePong(back.Mark);
            }
        }

        Replay?.Flow.TakeAnswers();
        foreach (SimulatedTerminal terminal in _terminals)
        {
            if (terminal.Sent.Release(terminal.Acknowledged, Flow.GoneTo) is { } arrived)
            {
                Flow.Arrived(arrived);
            }
        }
    }

    // As the connection's send loop does it: who went is second in the next round.
    private bool Round()
    {
        bool sent = _isBulkFirst && SendTerminal();
        bool replayed = SendReplay();
        if (!_isBulkFirst)
        {
            sent = SendTerminal();
        }

        _isBulkFirst = replayed || (_isBulkFirst && !sent);
        return sent || replayed;
    }

    private bool SendReplay()
    {
        // What the transport's own buffers hold is bounded too; here by so much time.
        if (Replay is not { } replay || Queue > TimeSpan.FromSeconds(4))
        {
            return false;
        }

        if (!replay.Flow.MaySend(out int bytes))
        {
            return false;
        }

        var output = new ArrayBufferWriter<byte>();
        replay.Flow.Sent(bytes, output);
        Replayed += bytes;
        _freeAt = _now + Queue + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);
        if (output.WrittenCount > 0)
        {
            // Behind the header of a ping of 8 bytes.
            _marks.Enqueue((_freeAt + (2 * Way), output.WrittenSpan[2..].ToArray()));
        }

        return true;
    }

    private bool SendTerminal()
    {
        for (int refused = 0; refused < _terminals.Length;)
        {
            SimulatedTerminal terminal = _terminals[_turn++ % _terminals.Length];
            long waiting = Math.Min(terminal.Acknowledged + WindowBytes, terminal.Output) - terminal.Position;
            if (waiting <= 0 || !MaySend())
            {
                refused++;
                continue;
            }

            int bytes = (int)Math.Min(waiting, Math.Clamp(Flow.NextSliceBytes, 1024, SliceBytesMax));
            long start = terminal.Position;
            terminal.Position += bytes;
            terminal.Sent.Add(start, terminal.Position, bytes, Flow.Sent(bytes));
            Carry(bytes, terminal);
            return true;
        }

        return false;
    }

    private void Carry(int bytes, SimulatedTerminal terminal)
    {
        _freeAt = _now + Queue + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);
        _travelling.Add(new Arrival(_freeAt + Way, terminal, terminal.Position));
    }

    private bool MaySend()
    {
        if (Flow.MaySend())
        {
            return true;
        }

        Flow.WasLimited();
        if (_clock.GetTimestamp() < Flow.OverdueAt)
        {
            return false;
        }

        Flow.Overdue();
        return true;
    }
}
