using System.Globalization;
using Realtime.Cli.Terminals;

namespace Realtime.Cli.Exec;

/// <summary>
/// What is typed here goes to the command's terminal, as long as this process is in the foreground of a local one; or
/// what comes from a file or a pipe, whose end is typed as Ctrl+D.
/// </summary>
internal sealed class Keyboard(PseudoTerminal terminal, Notices notices, Action entered) : IDisposable
{
    private const int BufferBytes = 32 * 1024;
    private const byte EndOfTransmission = 4;

    // What a terminal holds of a line, without its end (N_TTY_BUF_SIZE - 1).
    private const int LineBytesMax = 4095;

    // In the background nothing tells that it is over: shells send no SIGCONT to what was never stopped.
    private static readonly TimeSpan ForegroundInterval = TimeSpan.FromMilliseconds(200);

    private readonly StopSignal _stop = new();
    private readonly Lock _gate = new();
    private LocalTerminal? _raw;
    private bool _isPutBack;
    private long _lineBytes;
    private bool _isToldOfLine;

    /// <summary>Whether input is a terminal.</summary>
    public static bool IsTyped => LocalTerminal.Is(Descriptor.StandardInput);

    /// <summary>
    /// Begins; ends after <see cref="Stop"/>, or with the input. The local terminal is raw when this returns, if it is
    /// ours: whatever the command says first has been through a terminal already.
    /// </summary>
    public Task RunAsync()
    {
        if (IsTyped && LocalTerminal.IsForeground)
        {
            EnterRaw();
        }

        return Task.Factory.StartNew(
            Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Nothing more is read: what is typed from here on is the shell's.</summary>
    public void Stop() => _stop.Set();

    /// <summary>
    /// This process was stopped and goes on: meanwhile the shell had its own modes. Done at once where the terminal is
    /// ours again by then; where it is not, the keyboard sees it come.
    /// </summary>
    public void RenewModes()
    {
        lock (_gate)
        {
            if (!_isPutBack)
            {
                _raw?.Renew();
            }
        }
    }

    /// <summary>What is typed goes the local terminal's usual ways again.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _isPutBack = true;
            _raw?.PutInputBack();
        }
    }

    /// <summary>The local terminal's modes are as they were, and stay so.</summary>
    public void PutModesBack()
    {
        lock (_gate)
        {
            _isPutBack = true;
            _raw?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Run()
    {
        try
        {
            if (IsTyped)
            {
                RunTyped();
            }
            else
            {
                RunPiped();
            }
        }
        catch (IOException)
        {
            // Input is gone, or the command is: nothing more is typed.
        }
    }

    private void RunTyped()
    {
        byte[] buffer = new byte[BufferBytes];
        while (!_stop.IsSet)
        {
            if (!LocalTerminal.IsForeground)
            {
                Descriptor.Wait(-1, 0, _stop, ForegroundInterval);
                continue;
            }

            // Again and again: SIGCONT may come before the terminal is ours, and nothing tells when it is.
            EnterRaw();
            RenewModes();
            if (Descriptor.Wait(Descriptor.StandardInput, NativeTerminal.Readable, _stop, ForegroundInterval)
                    != Readiness.Ready
                || !LocalTerminal.IsForeground)
            {
                continue;
            }

            int length = Descriptor.Read(Descriptor.StandardInput, buffer);
            if (length == 0 || !terminal.Write(buffer.AsSpan(0, length), _stop))
            {
                return;
            }
        }
    }

    private void EnterRaw()
    {
        lock (_gate)
        {
            if (_isPutBack || _raw is not null)
            {
                return;
            }

            _raw = LocalTerminal.EnterRaw();
            if (_raw is null)
            {
                return;
            }
        }

        notices.Hold();
        entered();
    }

    private void RunPiped()
    {
        byte[] buffer = new byte[BufferBytes];
        bool isLineOpen = false;
        while (Descriptor.Wait(Descriptor.StandardInput, NativeTerminal.Readable, _stop) == Readiness.Ready)
        {
            int length = Descriptor.Read(Descriptor.StandardInput, buffer);
            if (length == 0)
            {
                // The end of a file, as a terminal tells it: within a line the key has to be pressed twice.
                terminal.Write(
                    isLineOpen ? [EndOfTransmission, EndOfTransmission] : [EndOfTransmission], _stop);
                return;
            }

            LookAtLines(buffer.AsSpan(0, length));
            if (!terminal.Write(buffer.AsSpan(0, length), _stop))
            {
                return;
            }

            isLineOpen = buffer[length - 1] != '\n';
        }
    }

    // A terminal drops what a line has too much, without a word.
    private void LookAtLines(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && !_isToldOfLine)
        {
            int end = data.IndexOf((byte)'\n');
            _lineBytes += end < 0 ? data.Length : end;
            if (_lineBytes > LineBytesMax && terminal.HandsOnLines)
            {
                _isToldOfLine = true;
                notices.Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"standard input is typed, and a terminal cuts lines after {LineBytesMax} bytes: the command "
                    + $"does not get all of it. Let the command read a file instead."));
            }

            _lineBytes = end < 0 ? _lineBytes : 0;
            data = end < 0 ? default : data[(end + 1)..];
        }
    }
}
