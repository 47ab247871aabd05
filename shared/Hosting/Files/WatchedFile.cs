using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Realtime.Hosting.Files;

/// <summary>
/// What one file, or several that belong together, say: read at start, and again when they changed. What cannot be read
/// or used is reported once, and the last good value stays.
/// </summary>
/// <remarks>
/// Told apart by content, not by time: orchestrators swap links, and clocks of file systems are coarse. Replace a file
/// by renaming another onto it: one that is written in place may be seen half.
/// </remarks>
/// <typeparam name="T">What is made of the content.</typeparam>
public sealed class WatchedFile<T>
    where T : class
{
    private readonly ImmutableArray<string> _paths;
    private readonly Func<ImmutableArray<byte[]>, T> _read;
    private readonly Action<FileChange, string?> _report;

    // The content itself may be a secret, and is not kept. Null: it could not be read.
    private byte[]? _seen;
    private volatile T _current;

    internal WatchedFile(
        ImmutableArray<string> paths, Func<ImmutableArray<byte[]>, T> read, Action<FileChange, string?> report)
    {
        _paths = paths;
        _read = read;
        _report = report;
        ImmutableArray<byte[]> contents = ReadAll();
        _seen = HashOf(contents);
        _current = read(contents);
    }

    /// <summary>The last good value.</summary>
    public T Current => _current;

    /// <summary>Looks whether the content changed. One call at a time.</summary>
    internal void Look()
    {
        ImmutableArray<byte[]> contents;
        try
        {
            contents = ReadAll();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            if (_seen is not null)
            {
                _seen = null;
                _report(FileChange.Unreadable, error.GetType().Name);
            }

            return;
        }

        byte[] hash = HashOf(contents);
        if (_seen is not null && hash.AsSpan().SequenceEqual(_seen))
        {
            return;
        }

        _seen = hash;
        try
        {
            _current = _read(contents);
            _report(FileChange.Taken, null);
        }
        catch (BadFileException error)
        {
            _report(FileChange.Refused, error.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Of whatever kind: on a timer it would end the process, and every other file would go unseen. Its message
            // may quote the content.
            _report(FileChange.Refused, error.GetType().Name);
        }
    }

    private ImmutableArray<byte[]> ReadAll() => [.. _paths.Select(Read)];

    private static byte[] Read(string path)
    {
        using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] buffer = new byte[WatchedFiles.FileBytesMax + 1];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= WatchedFiles.FileBytesMax
            ? buffer[..length]
            : throw new IOException($"The file is larger than {WatchedFiles.FileBytesMax} bytes.");
    }

    // With each length: bytes that move from one file to the next are another content.
    private static byte[] HashOf(ImmutableArray<byte[]> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (byte[] content in contents)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
            hash.AppendData(length);
            hash.AppendData(content);
        }

        return hash.GetHashAndReset();
    }
}
