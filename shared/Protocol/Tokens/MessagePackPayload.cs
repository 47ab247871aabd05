using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Tokens;

/// <summary>
/// Whether a payload that was published as MessagePack can be given to every viewer: what JSON could not tell is
/// refused, not lost on the way. Bytes are taken, as base64 says them.
/// </summary>
internal static class MessagePackPayload
{
    /// <summary>Checks one whole value.</summary>
    /// <param name="messagePack">The value, found whole by <see cref="MessagePackCheck"/>.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="values">How many values it holds, up to where it was refused.</param>
    public static PayloadResult Check(ReadOnlySpan<byte> messagePack, MessagePackLimits limits, out int values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Depth, MessagePackLimits.DepthMax);
        Span<int> left = stackalloc int[limits.Depth];
        Span<bool> isMap = stackalloc bool[limits.Depth];
        var reader = new MessagePackReader(messagePack);
        int depth = 0;
        values = 0;
        while (!reader.IsAtEnd)
        {
            if (++values > limits.Values)
            {
                return PayloadResult.TooManyValues;
            }

            _ = reader.TryPeekType(out MessagePackType type);
            if (Refuses(reader, type) is { } refused)
            {
                return refused;
            }

            // Names and values take turns, so that an even number is left before each name.
            if (depth > 0 && isMap[depth - 1] && left[depth - 1] % 2 == 0 && type != MessagePackType.String)
            {
                return PayloadResult.KeyIsNoText;
            }

            if (depth > 0)
            {
                left[depth - 1]--;
            }

            _ = reader.TryPassOne(out int inside);
            if (inside >= 0)
            {
                if (depth == limits.Depth)
                {
                    return PayloadResult.TooDeep;
                }

                isMap[depth] = type == MessagePackType.Map;
                left[depth++] = inside;
            }

            while (depth > 0 && left[depth - 1] == 0)
            {
                depth--;
            }
        }

        return messagePack.Length > limits.Bytes ? PayloadResult.TooLarge : PayloadResult.Copied;
    }

    // The reader is a copy: it stays where it was.
    private static PayloadResult? Refuses(MessagePackReader reader, MessagePackType type) => type switch
    {
        MessagePackType.Extension => PayloadResult.Extension,
        MessagePackType.Float when !(reader.TryReadDouble(out double number) && double.IsFinite(number)) =>
            PayloadResult.NumberNotFinite,
        _ => null,
    };
}
