namespace Realtime.Protocol.MessagePack;

/// <content>Values of any type, passed over within limits.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads a value of any type as its bytes, a view of the data; false if it breaks a limit.</summary>
    public bool TryReadRaw(MessagePackLimits limits, out ReadOnlySpan<byte> messagePack)
    {
        int start = Position;
        bool read = TrySkip(limits);
        messagePack = _data[start..Position];
        return read;
    }

    /// <summary>
    /// Passes over a value of any type, with everything in it; false if it breaks a limit or is damaged.
    /// </summary>
    public bool TrySkip(MessagePackLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Depth, MessagePackLimits.DepthMax);
        Span<int> valuesLeft = stackalloc int[MessagePackLimits.DepthMax];
        int start = Position;
        int depth = 0;
        int values = 0;
        while (++values <= limits.Values && TryPassOne(out int inside) && Position - start <= limits.Bytes)
        {
            if (inside >= 0)
            {
                if (depth == limits.Depth)
                {
                    break;
                }

                // One more, for the array or map itself is taken off below.
                valuesLeft[depth++] = inside + 1;
            }

            while (depth > 0 && --valuesLeft[depth - 1] == 0)
            {
                depth--;
            }

            if (depth == 0)
            {
                return true;
            }
        }

        Position = start;
        return false;
    }

    /// <summary>
    /// Passes over a value, or over the header of an array or map: then <paramref name="inside"/> is how many values
    /// follow, else -1.
    /// </summary>
    internal bool TryPassOne(out int inside)
    {
        inside = -1;
        _ = TryPeekType(out MessagePackType type);
        switch (type)
        {
            case MessagePackType.Array:
                return TryReadArrayHeader(out inside);
            case MessagePackType.Map:
                bool read = TryReadMapHeader(out int pairs);
                inside = read ? 2 * pairs : -1;
                return read;
            case MessagePackType.Nil:
                return TryReadNil();
            case MessagePackType.Boolean:
                return TryReadBoolean(out _);
            case MessagePackType.Integer:
                bool peeked = TryPeekInteger(out _, out _, out int length);
                Position += length;
                return peeked;
            case MessagePackType.Float:
                return TryReadDouble(out _);
            case MessagePackType.String:
                return TryReadString(out _);
            case MessagePackType.Binary:
                return TryReadBinary(out _);
            case MessagePackType.Extension:
                return TryReadExtension(out _, out _);
            default:
                return false;
        }
    }
}
