using System.Globalization;
using System.Text;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>A value as one line of text, the same that tests/MessagePackPeer/peer.mjs gives it.</summary>
internal static class MessagePackDescription
{
    private const long ExactMax = 1L << 53;

    /// <summary>Describes the one value that the bytes are; null if they are not just one.</summary>
    public static string? Of(ReadOnlySpan<byte> messagePack)
    {
        var reader = new MessagePackReader(messagePack);
        string? description = Describe(ref reader);
        return reader.IsAtEnd ? description : null;
    }

    private static string? Describe(ref MessagePackReader reader)
    {
        if (!reader.TryPeekType(out MessagePackType type))
        {
            return null;
        }

        switch (type)
        {
            case MessagePackType.Nil:
                return reader.TryReadNil() ? "n" : null;
            case MessagePackType.Boolean:
                return !reader.TryReadBoolean(out bool boolean) ? null : boolean ? "t" : "f";
            case MessagePackType.Integer:
                return DescribeInteger(ref reader);
            case MessagePackType.Float:
                return reader.TryReadDouble(out double number) ? Double(number) : null;
            case MessagePackType.String:
                return reader.TryReadString(out ReadOnlySpan<byte> utf8) ? "s" + Convert.ToHexStringLower(utf8) : null;
            case MessagePackType.Binary:
                return reader.TryReadBinary(out ReadOnlySpan<byte> data) ? "b" + Convert.ToHexStringLower(data) : null;
            case MessagePackType.Extension:
                return reader.TryReadExtension(out sbyte kind, out ReadOnlySpan<byte> extension)
                    ? string.Create(CultureInfo.InvariantCulture, $"x{kind}:") + Convert.ToHexStringLower(extension)
                    : null;
            case MessagePackType.Array:
                return reader.TryReadArrayHeader(out int count) ? DescribeAll(ref reader, count, isMap: false) : null;
            case MessagePackType.Map:
                return reader.TryReadMapHeader(out int pairs) ? DescribeAll(ref reader, pairs, isMap: true) : null;
            default:
                return null;
        }
    }

    private static string? DescribeInteger(ref MessagePackReader reader)
    {
        if (reader.TryReadInt64(out long signed))
        {
            return signed is >= -ExactMax and <= ExactMax
                ? Double(signed)
                : string.Create(CultureInfo.InvariantCulture, $"i{signed}");
        }

        return reader.TryReadUInt64(out ulong unsigned)
            ? string.Create(CultureInfo.InvariantCulture, $"i{unsigned}")
            : null;
    }

    private static string? DescribeAll(ref MessagePackReader reader, int count, bool isMap)
    {
        var items = new List<string>();
        for (int i = 0; i < count; i++)
        {
            string? key = isMap ? Describe(ref reader) : string.Empty;
            string? value = key is null ? null : Describe(ref reader);
            if (value is null)
            {
                return null;
            }

            items.Add(isMap ? $"{key}={value}" : value);
        }

        // An object of JavaScript has an order of its own.
        IEnumerable<string> ordered = isMap ? items.Order(StringComparer.Ordinal) : items;
        return new StringBuilder()
            .Append(isMap ? '{' : '[')
            .AppendJoin(',', ordered)
            .Append(isMap ? '}' : ']')
            .ToString();
    }

    // JavaScript writes -0 as the whole number 0, which has no sign.
    private static string Double(double number) => double.IsNaN(number)
        ? "dnan"
        : "d" + BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number).ToString("x16", CultureInfo.InvariantCulture);
}
