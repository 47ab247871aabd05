using System.Buffers;

namespace Realtime.Client.Connections;

/// <summary>Collects the parts of one message; grows up to a limit, and shrinks again after a large one.</summary>
internal sealed class ReceiveBuffer(int bytesMax) : IDisposable
{
    private const int InitialBytes = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _length;

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Message => _bytes.AsSpan(0, _length);

    /// <summary>Where the next part goes; empty if the message is larger than it may be.</summary>
    public Memory<byte> Room()
    {
        if (_length == _bytes.Length && _length < bytesMax)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytesMax, 2L * _length));
            Message.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_length, Math.Min(_bytes.Length, bytesMax) - _length);
    }

    public void Advance(int bytes) => _length += bytes;

    /// <summary>The next message begins.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > 4 * InitialBytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }
}
