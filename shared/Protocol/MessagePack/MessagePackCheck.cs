using System.Text.Unicode;

namespace Realtime.Protocol.MessagePack;

/// <summary>
/// Looks through foreign bytes once, so that whoever reads them afterwards meets no fault on the way.
/// </summary>
internal static class MessagePackCheck
{
    // The stack holds so many counts.
    private const int DepthMax = 1024;

    /// <summary>
    /// Finds what is wrong first; <paramref name="at"/> is the byte, from 0, at which that value begins.
    /// </summary>
    public static MessagePackFault Find(ReadOnlySpan<byte> data, int depthMax, out int at)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthMax, DepthMax);
        Span<int> left = stackalloc int[depthMax];
        var reader = new MessagePackReader(data);
        int depth = 0;
        do
        {
            at = reader.Position;
            int inside = -1;
            if (reader.TryReadString(out ReadOnlySpan<byte> utf8))
            {
                if (!Utf8.IsValid(utf8))
                {
                    return MessagePackFault.NotUtf8;
                }
            }
            else if (!reader.TryPassOne(out inside))
            {
                return MessagePackFault.Damaged;
            }

            if (inside >= 0)
            {
                if (depth == depthMax)
                {
                    return MessagePackFault.TooDeep;
                }

                // One more, for the array or map itself is taken off below.
                left[depth++] = inside + 1;
            }

            while (depth > 0 && --left[depth - 1] == 0)
            {
                depth--;
            }
        }
        while (depth > 0);

        at = reader.Position;
        return reader.IsAtEnd ? MessagePackFault.None : MessagePackFault.NotAlone;
    }
}
