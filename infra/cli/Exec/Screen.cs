using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Exec;

/// <summary>
/// What the command shows goes to the local output and to the spool. Once the command has ended, what is still in its
/// terminal is taken; those that it left behind are not waited for.
/// </summary>
internal sealed class Screen(PseudoTerminal terminal, TerminalUpload upload, TimeProvider clock) : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    // Far more than a pseudo-terminal holds: what comes behind that was written after the command's end.
    private const int LastBytesMax = 1024 * 1024;

    // Only time in which there was nothing to read counts. What was written before the end is there in no time; one who
    // was left behind may have the terminal open for ever, and say something now and then.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WaitsMax = TimeSpan.FromSeconds(1);

    private readonly StopSignal _ended = new();
    private readonly StopSignal _givenUp = new();
    private bool _isOutputGone;
    private bool _isUploadGone;

    /// <summary>Begins; ends after <see cref="Drain"/>.</summary>
    public async Task RunAsync()
    {
        byte[] buffer = new byte[BufferBytes];
        while (!_ended.IsSet)
        {
            if (await terminal.WaitAsync(_ended, patience: null) == Readiness.Ready && await TakeAsync(buffer) == 0)
            {
                // Somebody hung it up for all who had it; it may be opened anew.
                await Task.Delay(SilenceMax, clock, CancellationToken.None);
            }
        }

        terminal.LetGo();
        await TakeLastAsync(buffer);
    }

    /// <summary>The command has ended: takes what is there.</summary>
    public void Drain() => _ended.Set();

    /// <summary>Does not wait for whoever reads our output.</summary>
    public void GiveUp() => _givenUp.Set();

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Dispose();
        _givenUp.Dispose();
    }

    private async Task TakeLastAsync(byte[] buffer)
    {
        TimeSpan waited = TimeSpan.Zero;
        for (int taken = 0; taken < LastBytesMax && waited < WaitsMax;)
        {
            long began = clock.GetTimestamp();
            Readiness readiness = await terminal.WaitAsync(stop: null, SilenceMax);
            waited += clock.GetElapsedTime(began);
            int length = readiness == Readiness.Ready ? await TakeAsync(buffer) : 0;
            if (length == 0)
            {
                return;
            }

            taken += length;
        }
    }

    private async Task<int> TakeAsync(byte[] buffer)
    {
        int length = await terminal.ReadAsync(buffer);
        if (length > 0)
        {
            await Task.Run(() => ShowHere(buffer.AsSpan(0, length)));
            await RecordAsync(buffer.AsMemory(0, length));
        }

        return length;
    }

    // Whoever closes our output (`| head`) wants to see no more; the command and its viewers go on.
    private void ShowHere(ReadOnlySpan<byte> data)
    {
        if (_isOutputGone)
        {
            return;
        }

        try
        {
            _isOutputGone = !Descriptor.Write(Descriptor.StandardOutput, data, _givenUp);
        }
        catch (IOException)
        {
            _isOutputGone = true;
        }
    }

    // Whatever becomes of the recording: the command goes on, and is seen here.
    private async Task RecordAsync(ReadOnlyMemory<byte> data)
    {
        if (_isUploadGone)
        {
            upload.Lost(data.Length);
            return;
        }

        try
        {
            await upload.WriteAsync(data);
        }
        catch (Exception failure)
        {
            _isUploadGone = true;
            upload.Fail(failure, data.Length);
        }
    }
}
