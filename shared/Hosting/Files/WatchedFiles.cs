using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Realtime.Hosting.Files;

/// <summary>
/// Files whose content a process takes up while it runs: keys, certificates. All are looked at every 10 s, one after
/// the other.
/// </summary>
public sealed partial class WatchedFiles(TimeProvider clock, WatchedFileMetrics metrics, ILogger<WatchedFiles> logger)
    : IDisposable
{
    /// <summary>Largest file, in bytes: 256 KiB, many times a chain of certificates.</summary>
    public const int FileBytesMax = 256 * 1024;

    /// <summary>How often they are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Lock _looking = new();
    private ImmutableArray<Action> _looks = [];
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Reads files now, and again whenever they change.</summary>
    /// <param name="name">The configuration key that names them: stands in logs and as the metric's label.</param>
    /// <param name="paths">The files.</param>
    /// <param name="read">
    /// Makes a value of their contents, in the same order. Says no by <see cref="BadFileException"/>; its other errors
    /// (of form, argument or cryptography) are logged by type alone.
    /// </param>
    /// <exception cref="IOException">A file cannot be read, or is larger than 256 KiB; likewise all that
    /// <paramref name="read"/> throws: now, not later.</exception>
    /// <exception cref="UnauthorizedAccessException">A file must not be read.</exception>
    public WatchedFile<T> Watch<T>(
        string name, IReadOnlyList<string> paths, Func<ImmutableArray<byte[]>, T> read)
        where T : class
    {
        var file = new WatchedFile<T>([.. paths], read, (change, reason) => Report(name, change, reason));
        lock (_gate)
        {
            _looks = _looks.Add(file.Look);
            if (!_isDisposed)
            {
                _timer ??= clock.CreateTimer(_ => LookAndWait(), null, Interval, Timeout.InfiniteTimeSpan);
            }
        }

        return file;
    }

    /// <summary>Looks at all of them now.</summary>
    public void Look()
    {
        lock (_looking)
        {
            foreach (Action look in _looks)
            {
                look();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    // The wait begins behind the look: one that takes long, on a disk that hangs, is followed by no others.
    private void LookAndWait()
    {
        Look();
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _timer!.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Report(string name, FileChange change, string? reason)
    {
        metrics.Changed(name, change);
        switch (change)
        {
            case FileChange.Taken:
                Log.Taken(logger, name);
                break;
            case FileChange.Refused:
                Log.Refused(logger, name, reason!);
                break;
            default:
                Log.Unreadable(logger, name, reason!);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "What {Name} names has changed, and is in use.")]
        public static partial void Taken(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Warning,
            "What {Name} names has changed, but cannot be used: {Reason}. The last good content stays in use; correct "
            + "the file.")]
        public static partial void Refused(ILogger logger, string name, string reason);

        [LoggerMessage(3, LogLevel.Warning,
            "What {Name} names can no longer be read ({Reason}). Its last content stays in use until this process "
            + "ends; put the file back.")]
        public static partial void Unreadable(ILogger logger, string name, string reason);
    }
}
