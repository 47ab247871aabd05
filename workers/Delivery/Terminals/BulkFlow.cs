namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// How much of what goes behind the live lane may be in flight on one connection: sent, and not known to have left the
/// wire. What is in flight delays everything that comes behind it by as long as the link takes for it; so it follows
/// the rate at which acknowledgements come. Owned by the send loop. The model is told in workers/README.md, "Flow".
/// </summary>
/// <remarks>
/// It begins with <see cref="DeliveryOptions.BulkStartBytes"/> and grows with what is acknowledged until the way there
/// and back takes noticeably longer than at its best: then the link is full, and from there on the allowance is the
/// rate x <see cref="DeliveryOptions.BulkDelay"/>; more on ways that take longer than that by themselves, for with less
/// the rate that is measured would only be that of the allowance, and sink with it.
/// </remarks>
internal sealed class BulkFlow(DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock) : IDisposable
{
    /// <summary>What is in flight is at most four slices, so that several take turns.</summary>
    public const int SlicesInFlight = 4;

    /// <summary>A way that takes so much longer than at its best has a queue on it.</summary>
    private static readonly TimeSpan QueueSign = TimeSpan.FromMilliseconds(100);

    /// <summary>Acknowledgements are collected for up to 50 ms by clients; and they jitter.</summary>
    private static readonly TimeSpan AcknowledgementDelay = TimeSpan.FromMilliseconds(75);

    /// <summary>After so long without anything sent or acknowledged nothing is known about the link any more.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    /// <summary>Who sends nothing for so long had nothing to send.</summary>
    private static readonly TimeSpan BreakTime = TimeSpan.FromMilliseconds(20);

    /// <summary>A measurement of the way costs about two ways there and back: not more often than this.</summary>
    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(2);

    private readonly ShortestTime _shortest = new(clock);
    private readonly HighestRate _rate = new(clock);
    private bool _isGrowing = true;
    private bool _isLimited;
    private bool _isOverdue;
    private bool _isProbing;
    private bool _isProbeSent;
    private int _startAllowance = options.BulkStartBytes;
    private int _floor = options.BulkFloorBytes;
    private long _sentTo;
    private long _goneTo;
    private long _piecesTo;
    private long _marksTo;
    private long _movedAt;
    private long _probedAt;
    private (long InFlight, long Allowance) _told;

    /// <summary>Bytes that were sent and are not known to have left the wire.</summary>
    public long InFlight => _sentTo - _goneTo;

    /// <summary>Where what is known to have left the wire ends.</summary>
    public long GoneTo => _goneTo;

    /// <summary>Bytes that may be in flight.</summary>
    public int Allowance => Math.Max(_floor, Measured);

    /// <summary>
    /// Bytes of one slice on the wire, at most (but for the smallest slice). Patience makes none larger: what is late
    /// because the link became thin must come in small pieces, for only their acknowledgements tell that.
    /// </summary>
    public int SliceBytes => Measured / SlicesInFlight;

    /// <summary>
    /// Bytes of the next slice: the smallest where the way is to be measured, for what it takes shall be the way's
    /// time, not the link's for the bytes; and where only patience lets it go, as what is late may be late because of a
    /// queue.
    /// </summary>
    public int NextSliceBytes =>
        _isOverdue || (InFlight == 0 && (_isProbing || _shortest.Value is null)) ? 0 : SliceBytes;

    /// <summary>The time at which an acknowledgement is overdue.</summary>
    public long OverdueAt => _movedAt + (long)(options.BulkPatience.TotalSeconds * clock.TimestampFrequency);

    private bool IsAwaited => Math.Max(_piecesTo, _marksTo) > _goneTo;

    private int Measured => _isGrowing
        ? _startAllowance
        : (int)Math.Clamp(
            _rate.BytesPerSecond.GetValueOrDefault() * Delay.TotalSeconds,
            options.BulkFloorBytes, options.BulkMaxBytes);

    private TimeSpan Delay
    {
        get
        {
            TimeSpan own = (_shortest.Value.GetValueOrDefault() * 1.25) + AcknowledgementDelay;
            return own > options.BulkDelay ? own : options.BulkDelay;
        }
    }

    /// <summary>Whether another slice may go: one always, if nothing of what is in flight will be
    /// acknowledged.</summary>
    public bool MaySend()
    {
        if (clock.GetElapsedTime(_movedAt) > IdleTime)
        {
            Forget();
        }

        return !IsAwaited || _isOverdue || (!_isProbing && InFlight + SliceBytes <= Allowance);
    }

    /// <summary>Takes note of what was sent: a piece of a terminal, or of replay with a mark behind it.</summary>
    public Sending Sent(int wireBytes, bool isMarked = false)
    {
        long now = clock.GetTimestamp();
        if (!IsAwaited && clock.GetElapsedTime(_movedAt, now) > BreakTime)
        {
            BeginSample(now);
        }

        var sending = new Sending(_sentTo + wireBytes, now, InFlight == 0);
        _isProbeSent = _isProbing && sending.WasAlone;
        _sentTo = sending.EndsAt;
        (isMarked ? ref _marksTo : ref _piecesTo) = _sentTo;
        _movedAt = now;
        _isOverdue = false;
        Tell();
        return sending;
    }

    /// <summary>There would have been more to send.</summary>
    public void WasLimited() => _isLimited = true;

    /// <summary>
    /// Something arrived: so did all that was sent before it, whoever it was for, as the connection keeps the order.
    /// What is older than what arrived already says nothing.
    /// </summary>
    public void Arrived(Sending sending)
    {
        long bytes = sending.EndsAt - _goneTo;
        if (bytes <= 0)
        {
            return;
        }

        long now = clock.GetTimestamp();
        _goneTo = sending.EndsAt;
        _movedAt = now;
        _rate.Add(bytes);
        TimeSpan took = clock.GetElapsedTime(sending.SentAt, now);
        LearnTime(took, sending.WasAlone, now);
        TimeSpan shortest = _shortest.Value.GetValueOrDefault();
        if (_isGrowing && _isLimited)
        {
            Grow(bytes, took > shortest + QueueSign, now);
        }

        // Finely acknowledged again: what patience had given is not needed.
        if (bytes < _floor / 4)
        {
            _floor = Math.Max(options.BulkFloorBytes, _floor / 2);
        }

        if (_rate.IsDue(shortest, now))
        {
            _rate.Take(_isLimited, now);
            _isLimited = false;
        }

        Tell();
    }

    /// <summary>Of the pieces sent, only those up to here will still be acknowledged. They all stay in
    /// flight.</summary>
    public void AwaitPieces(long to) => _piecesTo = to;

    /// <summary>No mark will come back.</summary>
    public void AwaitNoMarks() => _marksTo = 0;

    /// <summary>
    /// No acknowledgement came for a while though all was written: this client acknowledges rarely, and must not hang.
    /// Another slice may go in any case.
    /// </summary>
    public void Overdue()
    {
        long now = clock.GetTimestamp();
        metrics.BulkOverdue();

        // A whole window in any form: base64 makes four bytes of three, and each message has its keys.
        _floor = Math.Min(2 * options.TerminalWindowBytes, 2 * Allowance);
        _movedAt = now;
        _isOverdue = true;

        // Whoever got the one slice does not acknowledge: measured another time. Until then it is a queue that keeps us
        // waiting.
        _isProbing &= !_isProbeSent;
        Tell();
    }

    public void Dispose()
    {
        metrics.BulkChanged(-_told.InFlight, -_told.Allowance);
        _told = default;
    }

    private void Grow(long bytes, bool isQueued, long now)
    {
        if (isQueued)
        {
            _isGrowing = false;
            _rate.TakeEarly(now);
            return;
        }

        _startAllowance = (int)Math.Min(options.BulkMaxBytes, _startAllowance + bytes);
    }

    /// <summary>
    /// What takes far longer than what is in flight explains, or was not seen at its best for long, has to be measured:
    /// nothing goes until all has arrived, then one slice alone.
    /// </summary>
    private void LearnTime(TimeSpan took, bool wasAlone, long now)
    {
        bool isLate = _shortest.Value is not null && took > 2 * Delay;
        if (wasAlone && (_isProbing || isLate || _shortest.IsOld(now)))
        {
            _shortest.Begin(took, now);
            _isProbing = false;
            metrics.WayMeasured(took);
            return;
        }

        _shortest.Take(took, now);
        bool isDue = _shortest.IsOld(now) || (isLate && clock.GetElapsedTime(_probedAt, now) > ProbePause);
        if (!_isProbing && isDue)
        {
            _isProbing = true;
            _probedAt = now;
        }
    }

    private void Forget()
    {
        _goneTo = _sentTo;
        _isGrowing = true;
        _isProbing = false;
        _startAllowance = options.BulkStartBytes;
        _floor = options.BulkFloorBytes;
        _shortest.Forget();
        _rate.Forget();
    }

    private void BeginSample(long now)
    {
        _rate.Begin(now);
        _isLimited = false;
    }

    private void Tell()
    {
        (long InFlight, long Allowance) now = (InFlight, Allowance);
        metrics.BulkChanged(now.InFlight - _told.InFlight, now.Allowance - _told.Allowance);
        _told = now;
    }
}
