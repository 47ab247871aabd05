using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol;

/// <summary>The examples and tables of PROTOCOL.md.</summary>
internal static partial class ProtocolDocument
{
    private static readonly string Text = RepositoryRoot.Read("shared/Protocol/PROTOCOL.md");

    /// <summary>Kinds of all blocks of JSON: the second word behind the fence.</summary>
    public static IEnumerable<string> Kinds => Fence().Matches(Text).Select(m => m.Groups["kind"].Value);

    /// <summary>The same of all blocks of MessagePack.</summary>
    public static IEnumerable<string> MessagePackKinds =>
        MessagePackFence().Matches(Text).Select(m => m.Groups["kind"].Value);

    /// <summary>The lines of all blocks of a kind; each line is one example.</summary>
    public static string[] Examples(string kind) =>
    [
        .. Fence().Matches(Text)
            .Where(m => m.Groups["kind"].Value == kind)
            .SelectMany(m => m.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
    ];

    /// <summary>
    /// The blocks of MessagePack of a kind: hexadecimal digits, behind them on each line after <c>#</c> what they say.
    /// </summary>
    public static byte[][] MessagePack(string kind) =>
    [
        .. MessagePackFence().Matches(Text)
            .Where(m => m.Groups["kind"].Value == kind)
            .Select(m => string.Concat(m.Groups["lines"].Value.Split('\n').Select(line => line.Split('#')[0])))
            .Select(Bytes.FromHex),
    ];

    /// <summary>The rows of the table in a section, without head and rule; each a list of cells.</summary>
    public static string[][] Table(int section)
    {
        string start = $"\n## {section}. ";
        int from = Text.IndexOf(start, StringComparison.Ordinal);
        int to = Text.IndexOf("\n## ", from + start.Length, StringComparison.Ordinal);
        string[] lines = Text[from..(to < 0 ? Text.Length : to)].Split('\n');
        return
        [
            .. lines.Where(line => line.StartsWith('|')).Skip(2)
                .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
        ];
    }

    [GeneratedRegex("^```json ?(?<kind>[a-z]*)\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(
        "^```msgpack (?<kind>[a-z]*)\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex MessagePackFence();
}
