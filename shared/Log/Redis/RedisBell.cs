using System.Globalization;
using System.Text;
using Realtime.Protocol;

namespace Realtime.Log.Redis;

/// <summary>What <c>append.lua</c> rings a stream's bell with.</summary>
internal static class RedisBell
{
    // Of 20 digits and a dash twice, and six characters, with room for the lengths of as many events as a bell carries.
    private const int HeadBytesMax = 64 * 1024;

    /// <summary>
    /// The events that it carries; null if it carries none, or what is no such message: it rings all the same.
    /// </summary>
    /// <remarks>
    /// <code>
    ///   epoch ' ' ms '-' offset (of the entry before; 0-0 if none) ' ' ms (of these) { ' ' length } LF { envelope }
    /// </code>
    /// </remarks>
    public static CarriedEvents? Read(ReadOnlyMemory<byte> message)
    {
        int end = message.Span[..Math.Min(message.Length, HeadBytesMax)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        string head = Encoding.ASCII.GetString(message.Span[..end]);
        MemoryExtensions.SpanSplitEnumerator<char> words = head.AsSpan().Split(' ');
        if (!words.MoveNext() || !Epoch.TryParse(head.AsSpan(words.Current), out Epoch epoch)
            || !words.MoveNext() || !EntryId.TryParse(head.AsSpan(words.Current), out EntryId before)
            || !words.MoveNext() || !TryReadNumber(head.AsSpan(words.Current), out long ms))
        {
            return null;
        }

        var entries = new List<LogEntry>();
        ReadOnlyMemory<byte> rest = message[(end + 1)..];
        while (words.MoveNext())
        {
            if (!TryReadNumber(head.AsSpan(words.Current), out long length) || length > rest.Length)
            {
                return null;
            }

            entries.Add(new LogEntry(new EntryId(ms, before.Offset + entries.Count + 1), rest[..(int)length]));
            rest = rest[(int)length..];
        }

        return entries.Count > 0 && rest.IsEmpty
            ? new CarriedEvents(new StreamCursor(before, epoch), entries)
            : null;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
