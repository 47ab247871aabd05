using System.Buffers;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// The buffer of one frame, from which its requests work, and what it takes of the worker's budget: given back when the
/// last of them is answered.
/// </summary>
internal sealed class ProducerFrame(byte[] buffer, int reserved, ByteBudget budget)
{
    // Whoever reads the frame.
    private int _users = 1;

    public Memory<byte> Bytes(int length) => buffer.AsMemory(0, length);

    public void Hold() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            budget.Return(reserved);
        }
    }
}
