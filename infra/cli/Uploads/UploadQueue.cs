using Realtime.Cli.Terminals;

namespace Realtime.Cli.Uploads;

/// <summary>
/// What waits to be sent, between the program that writes and the loop that sends: bytes, and sizes at their places.
/// Decides what happens when it is full: the writer waits as long as something is sent now and then; else the upload
/// ends here, since a hole in it would be a lie.
/// </summary>
internal sealed class UploadQueue(UploadOptions options, TimeProvider clock) : IDisposable
{
    // Somebody who drags a window's edge makes many; the newest counts.
    private const int SizesMax = 1024;

    private readonly Lock _gate = new();
    private readonly Spool _spool = new(options.SpoolBytes, options.SpoolMemoryBytes, options.SpoolDirectory);
    private readonly Queue<(long Position, TerminalSize Size)> _sizes = new();
    private readonly Wake _arrived = new();
    private readonly Wake _released = new();
    private long _taken;
    private long _sent;
    private long _progressAt = clock.GetTimestamp();
    private bool _isComplete;
    private bool _isClosed;

    /// <summary>Bytes that were not kept.</summary>
    public long LostBytes { get; private set; }

    /// <summary>Why the first of them was not; null if none was lost by this queue.</summary>
    public string? LossReason { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _taken - _sent;
            }
        }
    }

    /// <summary>Bytes that were sent.</summary>
    public long SentBytes
    {
        get
        {
            lock (_gate)
            {
                return _sent;
            }
        }
    }

    /// <summary>Takes bytes. While it is full it waits, but not for ever.</summary>
    /// <returns>False if this made the queue give up: nothing that follows is kept.</returns>
    public async Task<bool> WriteAsync(ReadOnlyMemory<byte> data)
    {
        while (true)
        {
            TimeSpan patience;
            lock (_gate)
            {
                if (_isClosed || LossReason is not null)
                {
                    LostBytes += data.Length;
                    return true;
                }

                if (TryAppend(ref data) is { } failure)
                {
                    return GiveUp(failure, data.Length);
                }

                if (data.IsEmpty)
                {
                    return true;
                }

                patience = options.StallTimeout - clock.GetElapsedTime(_progressAt);
                if (patience <= TimeSpan.Zero)
                {
                    return GiveUp("the spool is full", data.Length);
                }
            }

            await WaitForRoomAsync(patience);
        }
    }

    /// <summary>The terminal has another size from here on.</summary>
    public void Resize(TerminalSize size)
    {
        lock (_gate)
        {
            if (_isClosed || LossReason is not null || _sizes.Count >= SizesMax)
            {
                return;
            }

            _sizes.Enqueue((_taken, size));
        }

        _arrived.Set();
    }

    /// <summary>What follows is not kept, for a reason that this queue can't know.</summary>
    /// <returns>False if something was lost before.</returns>
    public bool BreakOff(string reason, int lost)
    {
        lock (_gate)
        {
            bool isFirst = LossReason is null;
            LossReason ??= reason;
            LostBytes += lost;
            return isFirst;
        }
    }

    /// <summary>Nothing follows.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
        }

        _arrived.Set();
    }

    /// <summary>Nothing is sent any more: bytes are dropped, and nobody waits.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _released.Set();
    }

    /// <summary>Waits for something to send.</summary>
    /// <param name="buffer">Bytes are copied here; they stay until <see cref="Sent"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A number of bytes, or a size; neither at the end.</returns>
    public async Task<(int Length, TerminalSize? Size)> NextAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                TerminalSize? size = null;
                while (_sizes.TryPeek(out var next) && next.Position == _sent)
                {
                    size = _sizes.Dequeue().Size;
                }

                if (size is not null)
                {
                    return (0, size);
                }

                int lengthMax = _sizes.TryPeek(out var later)
                    ? (int)Math.Min(buffer.Length, later.Position - _sent)
                    : buffer.Length;
                int length = _spool.Peek(buffer.Span[..lengthMax]);
                if (length > 0 || _isComplete)
                {
                    return (length, null);
                }
            }

            await _arrived.WaitAsync(cancellationToken);
        }
    }

    /// <summary>So many bytes of what <see cref="NextAsync"/> gave are stored.</summary>
    public void Sent(int length)
    {
        lock (_gate)
        {
            _spool.Release(length);
            _sent += length;
            _progressAt = clock.GetTimestamp();
        }

        _released.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _spool.Dispose();
        }
    }

    // Why it failed, if it did.
    private string? TryAppend(ref ReadOnlyMemory<byte> data)
    {
        if (_spool.Length == 0)
        {
            // Nothing was due until now: the time without progress begins here.
            _progressAt = clock.GetTimestamp();
        }

        try
        {
            int taken = _spool.Append(data.Span);
            data = data[taken..];
            _taken += taken;
            _arrived.Set();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"the spool's file can't be written ({failure.Message})";
        }
    }

    private bool GiveUp(string reason, int lost)
    {
        LossReason = reason;
        LostBytes += lost;
        return false;
    }

    private async Task WaitForRoomAsync(TimeSpan patience)
    {
        using var ended = new CancellationTokenSource(patience, clock);
        try
        {
            await _released.WaitAsync(ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller looks again, and sees that nothing was sent.
        }
    }
}
