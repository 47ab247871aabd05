namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// How much of the bulk lane may be in flight on one connection: sent, and not acknowledged. What is in flight delays everything
/// that comes behind it by as long as the link takes for it; so it follows the rate at which acknowledgements come. Owned by the
/// send loop.
/// </summary>
/// <remarks>
/// It begins with <see cref="DeliveryOptions.BulkStartBytes"/> and grows with what is acknowledged until the way there and back
/// takes noticeably longer than at its best: then the link is full, and from there on the allowance is the rate x
/// <see cref="DeliveryOptions.BulkDelay"/>; more on ways that take longer than that by themselves, for with less the rate that
/// is measured would only be that of the allowance, and sink with it.
/// </remarks>
internal sealed class BulkFlow(DeliveryOptions options, TimeProvider clock)
{
    /// <summary>What is in flight is at most four slices, so that several terminals take turns.</summary>
    public const int SlicesInFlight = 4;

    /// <summary>A way that takes so much longer than at its best has a queue on it.</summary>
    private static readonly TimeSpan QueueSign = TimeSpan.FromMilliseconds(100);

    /// <summary>Acknowledgements are collected for up to 50 ms by clients; and they jitter.</summary>
    private static readonly TimeSpan AcknowledgementDelay = TimeSpan.FromMilliseconds(75);

    /// <summary>Rates are measured over at least this long, and at least one way there and back.</summary>
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(100);

    /// <summary>After so long without bulk nothing is known about the link any more.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private bool _isGrowing = true;
    private bool _isLimited;
    private bool _isOverdue;
    private int _startAllowance = options.BulkStartBytes;
    private int _floor = options.BulkFloorBytes;
    private double? _bytesPerSecond;
    private TimeSpan? _shortest;
    private long _sampleFrom;
    private long _sampleBytes;
    private long _movedAt;

    /// <summary>Bytes on the wire that were sent and not acknowledged.</summary>
    public int InFlight { get; private set; }

    /// <summary>Bytes that may be in flight.</summary>
    public int Allowance => Math.Max(_floor, Measured);

    /// <summary>
    /// Bytes of one slice on the wire, at most (but for the smallest slice). Patience makes none larger: what is late because
    /// the link became thin must come in small pieces, for only their acknowledgements tell that.
    /// </summary>
    public int SliceBytes => Measured / SlicesInFlight;

    /// <summary>Whether another slice may go.</summary>
    public bool MaySend => InFlight == 0 || _isOverdue || InFlight + SliceBytes <= Allowance;

    /// <summary>Whether the way there and back has been measured.</summary>
    public bool IsMeasured => _shortest is not null;

    /// <summary>The time at which an acknowledgement is overdue.</summary>
    public long OverdueAt => _movedAt + Ticks(options.BulkPatience);

    private int Measured => _isGrowing
        ? _startAllowance
        : (int)Math.Clamp(
            _bytesPerSecond.GetValueOrDefault() * Delay.TotalSeconds, options.BulkFloorBytes, options.BulkMaxBytes);

    private TimeSpan Delay
    {
        get
        {
            TimeSpan own = (_shortest.GetValueOrDefault() * 1.25) + AcknowledgementDelay;
            return own > options.BulkDelay ? own : options.BulkDelay;
        }
    }

    public void Sent(int wireBytes)
    {
        long now = clock.GetTimestamp();
        if (InFlight == 0)
        {
            if (clock.GetElapsedTime(_movedAt, now) > IdleTime)
            {
                _isGrowing = true;
                _startAllowance = options.BulkStartBytes;
                _bytesPerSecond = null;
            }

            BeginSample(now);
        }

        InFlight += wireBytes;
        _movedAt = now;
        _isOverdue = false;
    }

    /// <summary>There would have been more to send.</summary>
    public void WasLimited() => _isLimited = true;

    /// <summary>What was sent at a time, and before, was acknowledged.</summary>
    public void Acknowledged(int wireBytes, long sentAt)
    {
        long now = clock.GetTimestamp();
        InFlight -= wireBytes;
        _movedAt = now;
        _sampleBytes += wireBytes;
        TimeSpan took = clock.GetElapsedTime(sentAt, now);
        if (_shortest is not { } shortest || took < shortest)
        {
            _shortest = shortest = took;
        }

        if (_isGrowing && took > shortest + QueueSign && _isLimited)
        {
            _isGrowing = false;
            _bytesPerSecond ??= Rate(now);
        }
        else if (_isGrowing && _isLimited)
        {
            _startAllowance = Math.Min(options.BulkMaxBytes, _startAllowance + wireBytes);
        }

        // Finely acknowledged again: what patience had given is not needed.
        if (wireBytes < _floor / 4)
        {
            _floor = Math.Max(options.BulkFloorBytes, _floor / 2);
        }

        TimeSpan least = shortest > SampleTime ? shortest : SampleTime;
        if (clock.GetElapsedTime(_sampleFrom, now) >= least)
        {
            TakeSample(now);
        }
    }

    /// <summary>It will not be acknowledged any more, as nobody waits for it.</summary>
    public void Forget(int wireBytes) => InFlight -= wireBytes;

    /// <summary>
    /// No acknowledgement came for a while though all was written: this client acknowledges rarely, and must not hang. Another
    /// slice may go in any case.
    /// </summary>
    public void Overdue()
    {
        _floor = Math.Min(options.TerminalWindowBytes, 2 * Allowance);
        _movedAt = clock.GetTimestamp();
        _isOverdue = true;
    }

    private void TakeSample(long now)
    {
        double rate = Rate(now);
        _bytesPerSecond = _bytesPerSecond is not { } known ? rate
            : rate > known ? (known + rate) / 2
            : _isLimited ? (known + (3 * rate)) / 4
            : known; // It could have been more.
        BeginSample(now);
    }

    private double Rate(long now) =>
        _sampleBytes / Math.Max(clock.GetElapsedTime(_sampleFrom, now).TotalSeconds, 0.001);

    private void BeginSample(long now)
    {
        _sampleFrom = now;
        _sampleBytes = 0;
        _isLimited = false;
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
