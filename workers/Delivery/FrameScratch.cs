using System.Buffers;

namespace Realtime.Workers.Delivery;

/// <summary>
/// One buffer per thread for a message whose length must be known before it is sent, so that no connection keeps one.
/// Used within one call, by one at a time.
/// </summary>
internal static class FrameScratch
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The thread's buffer, emptied.</summary>
    public static ArrayBufferWriter<byte> Take()
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        return buffer;
    }
}
