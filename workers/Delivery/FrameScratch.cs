using System.Buffers;

namespace Realtime.Workers.Delivery;

/// <summary>
/// One buffer per thread for a message whose length must be known before it is sent, so that no connection keeps one.
/// Used within one call, by one at a time.
/// </summary>
internal static class FrameScratch
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _frame;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _json;

    /// <summary>The thread's buffer, emptied.</summary>
    public static ArrayBufferWriter<byte> Take() => Empty(ref _frame);

    /// <summary>Another, for the JSON of which a frame is made.</summary>
    public static ArrayBufferWriter<byte> TakeJson() => Empty(ref _json);

    private static ArrayBufferWriter<byte> Empty(ref ArrayBufferWriter<byte>? slot)
    {
        ArrayBufferWriter<byte> buffer = slot ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        return buffer;
    }
}
