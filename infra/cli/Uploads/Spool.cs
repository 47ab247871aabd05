namespace Realtime.Cli.Uploads;

/// <summary>
/// Bytes that wait to be sent, first in, first out, up to a limit: a few in memory, the others in a file that nobody
/// else can read and that goes with the process. Not thread-safe.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly string _directory;
    private readonly byte[] _memory;
    private readonly long _fileBytesMax;
    private FileStream? _file;
    private int _memoryStart;
    private int _memoryLength;
    private long _fileStart;
    private long _fileLength;

    /// <summary>Makes an empty one.</summary>
    /// <param name="bytesMax">Most bytes that wait.</param>
    /// <param name="memoryBytesMax">Most of them in memory.</param>
    /// <param name="directory">Where the file is made, when it is needed.</param>
    public Spool(long bytesMax, int memoryBytesMax, string directory)
    {
        _directory = directory;
        _memory = new byte[(int)Math.Min(bytesMax, memoryBytesMax)];
        _fileBytesMax = bytesMax - _memory.Length;
    }

    /// <summary>Bytes that wait.</summary>
    public long Length => _memoryLength + _fileLength;

    /// <summary>Bytes of them in the file.</summary>
    public long FileLength => _fileLength;

    /// <summary>Takes what there is room for; how many bytes that was.</summary>
    /// <exception cref="IOException">The file can't be written; nothing was taken.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can't be made; nothing was taken.</exception>
    public int Append(ReadOnlySpan<byte> data)
    {
        // As long as something is in the file, what is newer goes there too: order. The file comes first, since only it
        // can fail: then nothing is taken.
        int toMemory = _fileLength == 0 ? Math.Min(data.Length, _memory.Length - _memoryLength) : 0;
        int toFile = (int)Math.Min(data.Length - toMemory, _fileBytesMax - _fileLength);
        if (toFile > 0)
        {
            WriteFile(data.Slice(toMemory, toFile));
        }

        CopyIn(data[..toMemory]);
        return toMemory + toFile;
    }

    /// <summary>Copies the oldest bytes, without taking them out; how many.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public int Peek(Span<byte> target)
    {
        if (_memoryLength > 0)
        {
            int length = Math.Min(target.Length, _memoryLength);
            int first = Math.Min(length, _memory.Length - _memoryStart);
            _memory.AsSpan(_memoryStart, first).CopyTo(target);
            _memory.AsSpan(0, length - first).CopyTo(target[first..]);
            return length;
        }

        // The file is a ring too: up to its end, the rest next time.
        int fromFile = (int)Math.Min(Math.Min(target.Length, _fileLength), _fileBytesMax - _fileStart);
        int read = 0;
        while (read < fromFile)
        {
            int more = RandomAccess.Read(_file!.SafeFileHandle, target[read..fromFile], _fileStart + read);
            read += more > 0 ? more : throw new IOException("The file of the spool is shorter than what was written.");
        }

        return fromFile;
    }

    /// <summary>Takes out what <see cref="Peek"/> gave, or the first of it.</summary>
    public void Release(int length)
    {
        if (_memoryLength > 0)
        {
            _memoryLength -= length;
            _memoryStart = _memoryLength == 0 ? 0 : (_memoryStart + length) % _memory.Length;
            return;
        }

        _fileLength -= length;
        _fileStart = _fileLength == 0 ? 0 : (_fileStart + length) % _fileBytesMax;
        if (_fileLength == 0)
        {
            _file?.SetLength(0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void CopyIn(ReadOnlySpan<byte> data)
    {
        int at = (_memoryStart + _memoryLength) % Math.Max(1, _memory.Length);
        int first = Math.Min(data.Length, _memory.Length - at);
        data[..first].CopyTo(_memory.AsSpan(at));
        data[first..].CopyTo(_memory);
        _memoryLength += data.Length;
    }

    private void WriteFile(ReadOnlySpan<byte> data)
    {
        _file ??= OpenFile();
        long at = (_fileStart + _fileLength) % _fileBytesMax;
        int first = (int)Math.Min(data.Length, _fileBytesMax - at);
        RandomAccess.Write(_file.SafeFileHandle, data[..first], at);
        RandomAccess.Write(_file.SafeFileHandle, data[first..], 0);
        _fileLength += data.Length;
    }

    // Without a name from the first moment: what is in it is nobody's business, and nothing is left if we are killed.
    private FileStream OpenFile()
    {
        string path = Path.Combine(_directory, $"realtime-spool-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }
}
