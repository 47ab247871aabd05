using System.Text;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Uploads;

/// <summary>
/// Fills one terminal with what a program writes. The server may be away: then bytes wait, and follow later. Offsets
/// make it harmless to send something twice, and impossible to leave something out.
/// </summary>
internal sealed class TerminalUpload : IAsyncDisposable
{
    // As many as the SDK puts into one request.
    private const int PieceBytes = 512 * 1024;

    // An offset that no terminal has reached: appending there is refused, and the refusal tells the end. It needs no
    // grant to read, and makes the terminal if there is none, so that viewers can wait on it.
    private const long ProbeOffset = 1L << 52;

    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(1);

    private readonly RealtimeClient _client;
    private readonly string _task;
    private readonly UploadOptions _options;
    private readonly TimeProvider _clock;
    private readonly UploadQueue _queue;
    private readonly UploadTeller _teller;
    private readonly UploadLease _lease;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _sending;
    private int? _exitCode;
    private readonly bool _isTokenRenewable;
    private bool _knowsSizes = true;
    private bool _mayBeStored;
    private long _position;

    /// <summary>Begins; the server is asked at once where the terminal ends.</summary>
    public TerminalUpload(
        ConnectionSettings settings, string task, UploadOptions options, Notices notices, TimeProvider clock)
    {
        _task = task;
        _isTokenRenewable = settings.IsTokenRenewable;
        _options = options;
        _clock = clock;
        _queue = new UploadQueue(options, clock);
        _teller = new UploadTeller(settings.Url, task, notices, _queue);
        _client = ConnectionSettings.CreateClient(settings.ToOptions() with
        {
            // Two, so that a Retry-After is obeyed; beyond that this class decides, which knows what to tell.
            Publish = new PublishOptions { AttemptsMax = 2, DelayMax = RetryDelayMax },
            Producer = UploadLease.ProducerFor(options),
        });
        _lease = new UploadLease(_client, task, options.LeaseTtl, _teller);
        _sending = RunAsync(_stopping.Token);
    }

    /// <summary>What became of it, so far.</summary>
    public UploadStatus Status { get; private set; } = UploadStatus.Running;

    /// <summary>Why the server refused it; null if it did not.</summary>
    public RealtimeException? Refusal { get; private set; }

    /// <summary>Bytes that are stored, and bytes that wait.</summary>
    public (long Sent, long Waiting) Progress => (_queue.SentBytes, _queue.WaitingBytes);

    /// <summary>Bytes that nobody will see: they were not kept, or not sent.</summary>
    public long MissingBytes => _queue.LostBytes + _queue.WaitingBytes;

    /// <summary>Waits until the server has taken the terminal or refused it, but no longer than that.</summary>
    public async Task WaitForBeginAsync(TimeSpan patience, CancellationToken interrupted)
    {
        try
        {
            await Task.WhenAny(_begun.Task, _sending).WaitAsync(patience, _clock, interrupted);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            // It may still come; until then bytes are kept.
        }
    }

    /// <summary>Takes bytes of the program; waits while the spool is full and something is sent now and then.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (!await _queue.WriteAsync(data))
        {
            _teller.GaveUp(_options.SpoolBytes);
        }
    }

    /// <summary>What follows is not recorded.</summary>
    public void BreakOff(string reason)
    {
        if (_queue.BreakOff(reason, lost: 0))
        {
            _teller.BrokeOff();
        }
    }

    /// <summary>These bytes could not even be kept: what follows is not recorded.</summary>
    public void Fail(Exception failure, int lost)
    {
        if (_queue.BreakOff($"keeping it failed ({failure.Message})", lost))
        {
            _teller.BrokeOff();
        }
    }

    /// <summary>Bytes that were not given to this.</summary>
    public void Lost(int bytes) => _queue.BreakOff("keeping it failed", bytes);

    /// <summary>The program's terminal has another size from here on.</summary>
    public void Resize(TerminalSize size) => _queue.Resize(size);

    /// <summary>Nothing follows: sends what waits, and ends the terminal.</summary>
    /// <param name="exitCode">The exit code; null = the terminal stays open.</param>
    /// <param name="interrupted">Ends the waiting.</param>
    public async Task CompleteAsync(int? exitCode, CancellationToken interrupted)
    {
        _exitCode = exitCode;
        _queue.Complete();
        try
        {
            await _sending.WaitAsync(_options.FlushTimeout, _clock, interrupted);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            await _stopping.CancelAsync();
            await _sending;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        await _client.DisposeAsync();
        _queue.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await SendAsync(BeginAsync, stopping);
            _begun.SetResult();
            await SendAllAsync(stopping);
            if (_queue.LossReason is not null)
            {
                byte[] line = Encoding.UTF8.GetBytes(_teller.CutLine());
                await SendAsync(cancel => AppendAsync(line, cancel), stopping);
            }

            if (_exitCode is { } exitCode)
            {
                await SendAsync(cancel => _client.EndTerminalAsync(_task, exitCode, cancel), stopping);
            }

            Status = _queue.LossReason is null ? UploadStatus.Complete : UploadStatus.Cut;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Status = UploadStatus.Unsent;
        }
        catch (RealtimeException refusal)
        {
            Refusal = refusal;
            Status = UploadStatus.Refused;
            _teller.Refused(refusal);
        }
        catch (Exception failure)
        {
            // Whatever it is: the program and its exit code come first.
            Status = UploadStatus.Unsent;
            _teller.Failed(failure);
        }
        finally
        {
            _queue.Close();
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        byte[] buffer = new byte[PieceBytes];
        while (true)
        {
            (int length, TerminalSize? size) = await _queue.NextAsync(buffer, stopping);
            if (size is { } changed)
            {
                await SendAsync(cancel => ResizeAsync(changed, cancel), stopping);
            }
            else if (length > 0)
            {
                await SendAsync(cancel => AppendAsync(buffer.AsMemory(0, length), cancel), stopping);
                _queue.Sent(length);
            }
            else
            {
                return;
            }
        }
    }

    // Until it is done, or refused for good. A token may be replaced in its file while we try.
    private async Task SendAsync(Func<CancellationToken, Task> send, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await send(stopping);
                _teller.Reached();
                return;
            }
            catch (RealtimeException failure) when (failure.Retry
                || (_isTokenRenewable && _begun.Task.IsCompleted && IsAboutToken(failure)))
            {
                _teller.Away(failure);
            }

            await Task.Delay(RetryDelayMax * Random.Shared.NextDouble(), _clock, stopping);
        }
    }

    private static bool IsAboutToken(RealtimeException failure) => failure.Code is ErrorCodes.Unauthorized
        or ErrorCodes.TokenExpired or ClientErrorCodes.TokenFailed;

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _lease.TakeAsync(cancellationToken);
        if (_options.Offset is { } given)
        {
            _position = given;
            return;
        }

        try
        {
            await _client.AppendTerminalAsync(_task, ProbeOffset, new byte[1], null, cancellationToken);
            throw new RealtimeException(ClientErrorCodes.Protocol, "The terminal has no end.", retry: false);
        }
        catch (TerminalHoleException hole)
        {
            _position = hole.Expected;
        }
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var append = new AppendTerminalOptions
        {
            Stream = _options.IsStderr ? TerminalStream.Stderr : TerminalStream.Stdout,

            // If the log loses bytes that are gone here too, viewers are told a gap, and it goes on. Bytes before
            // an offset that somebody gave were never here.
            GoOnAfterLoss = _options.Offset is null || _queue.SentBytes > 0,
        };
        bool mayBeStored = _mayBeStored;
        _mayBeStored = true;
        TerminalAppended answer = await _client.AppendTerminalAsync(_task, _position, data, append, cancellationToken);
        _mayBeStored = false;
        _position += data.Length;

        // Others' bytes stand where ours should, and the server took ours for sent again; or others' stand behind ours.
        if (_options.Offset is null && answer.IsStoredBefore && !mayBeStored)
        {
            throw UploadTeller.AnothersAmong(_position - data.Length);
        }

        if (_options.Offset is null && answer.End > _position)
        {
            throw UploadTeller.Anothers(answer.End, _position);
        }
    }

    private async Task ResizeAsync(TerminalSize size, CancellationToken cancellationToken)
    {
        if (!_knowsSizes)
        {
            return;
        }

        try
        {
            await _client.ResizeTerminalAsync(_task, size.Columns, size.Rows, cancellationToken);
        }
        catch (RealtimeException refusal) when (!refusal.Retry)
        {
            // An older server, as a rule. Sizes are no reason to lose bytes: whoever may not write hears it with those.
            _knowsSizes = false;
            _teller.NoSizes(refusal);
        }
    }
}
