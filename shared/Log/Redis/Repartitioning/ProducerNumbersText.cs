using System.Globalization;
using System.Text;
using Realtime.Protocol;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>Reads and writes what <c>producers.lua</c> keeps of a producer in a group.</summary>
/// <remarks>
/// <code>
///   7 42 2;40,2,1700000000000-91.q2w3e4;42,1,1700000000009-95.q2w3e4
///   | |  | |  | |                     '- life of the stream
///   | |  | |  | '- where the first of them stands
///   | |  | |  '- how many consecutive numbers
///   | |  | '- the first number
///   | |  '- how many answers follow
///   | '- the last number stored
///   '- life of the producer
/// </code>
/// </remarks>
internal static class ProducerNumbersText
{
    /// <summary>Reads it: "life, last number" as they stand there, and the answers.</summary>
    public static (string Life, OldAnswer[] Answers) Read(string text)
    {
        string[] parts = text.Split(';');
        int kept = parts[0].LastIndexOf(' ');
        return kept > 0
            ? (parts[0][..kept], [.. parts[1..].Select(ToAnswer)])
            : throw Unknown();
    }

    /// <summary>Writes it for a stream with one life.</summary>
    public static string Write(string life, IReadOnlyList<OldAnswer> answers, Epoch epoch)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{life} {answers.Count}");
        foreach (OldAnswer answer in answers)
        {
            text.Append(CultureInfo.InvariantCulture, $";{answer.Seq},{answer.Count},{answer.Id}.{epoch}");
        }

        return text.ToString();
    }

    private static OldAnswer ToAnswer(string text)
    {
        string[] parts = text.Split(',', '.');
        return parts.Length == 4
            && TryRead(parts[0], out long seq)
            && TryRead(parts[1], out long count)
            && EntryId.TryParse(parts[2], out EntryId id)
            ? new OldAnswer(seq, count, id)
            : throw Unknown();
    }

    private static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static RepartitionException Unknown() =>
        new("A producer's numbers are stored in a form that this version does not know.");
}
