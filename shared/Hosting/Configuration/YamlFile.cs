using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Reads YAML into flat keys: mappings, lists and scalars of one document. Anchors, aliases and tags are refused: a
/// configuration needs none, and aliases can blow up a small file into gigabytes.
/// </summary>
internal static class YamlFile
{
    public const int BytesMax = 1024 * 1024;
    public const int DepthMax = 16;
    public const int EntriesMax = 10_000;

    private const string Syntax = "correct the YAML there: indent by spaces, and write key: value";

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="YamlFileException">They are no YAML, or exceed a limit.</exception>
    public static List<YamlEntry> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax)
        {
            throw new YamlFileException(0, "the file is larger than 1 MiB", "is it the right file?");
        }

        var parser = new Parser(new StringReader(ToText(bytes)));
        try
        {
            return Flatten(parser);
        }
        catch (YamlException error)
        {
            throw new YamlFileException((int)error.Start.Line, "the file is not valid YAML", Syntax);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet throws it, without a place, on some broken flow mappings; what came before is the place.
            throw new YamlFileException(LineOf(parser), "the file is not valid YAML behind this line", Syntax);
        }
    }

    private static string ToText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new YamlFileException(0, "the file is not UTF-8", "save it as UTF-8");
        }
    }

    private static List<YamlEntry> Flatten(Parser parser)
    {
        var entries = new List<YamlEntry>();
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return entries;
        }

        if (parser.Accept<Scalar>(out Scalar? scalar) && IsNull(scalar))
        {
            parser.MoveNext();
        }
        else
        {
            Peek<MappingStart>(parser, LineOf(parser), "the file");
            ReadMapping(parser, prefix: "", depth: 1, entries);
        }

        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _)
            ? entries
            : throw new YamlFileException(
                LineOf(parser), "there is more than one document", "keep one, without --- lines");
    }

    private static void ReadMapping(Parser parser, string prefix, int depth, List<YamlEntry> entries)
    {
        parser.Consume<MappingStart>();
        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            int line = LineOf(parser);
            Scalar key = Peek<Scalar>(parser, line, "a key");
            if (key.Value.Length == 0 || key.Value.Contains(':', StringComparison.Ordinal))
            {
                throw new YamlFileException(
                    line, "a key is empty or holds a colon", "write nested keys on lines of their own");
            }

            if (!seen.TryAdd(key.Value, line))
            {
                throw new YamlFileException(
                    line, $"the key of line {seen[key.Value]} stands there again", "keep one of them");
            }

            parser.MoveNext();
            ReadNode(parser, prefix + key.Value, line, depth, entries);
        }
    }

    private static void ReadNode(Parser parser, string path, int line, int depth, List<YamlEntry> entries)
    {
        if (entries.Count >= EntriesMax)
        {
            throw new YamlFileException(line, "the file has more than 10000 keys", "is it the right file?");
        }

        if (depth > DepthMax)
        {
            throw new YamlFileException(line, "keys are nested more than 16 deep", "is it the right file?");
        }

        switch (Peek<NodeEvent>(parser, line, "a value"))
        {
            case Scalar scalar:
                parser.MoveNext();
                entries.Add(new YamlEntry(path, IsNull(scalar) ? null : scalar.Value, line, IsSection: false));
                break;
            case MappingStart:
                entries.Add(new YamlEntry(path, Value: null, line, IsSection: true));
                ReadMapping(parser, path + ":", depth + 1, entries);
                break;
            default:
                entries.Add(new YamlEntry(path, Value: null, line, IsSection: true));
                ReadSequence(parser, path + ":", depth + 1, entries);
                break;
        }
    }

    private static void ReadSequence(Parser parser, string prefix, int depth, List<YamlEntry> entries)
    {
        parser.Consume<SequenceStart>();
        for (int i = 0; !parser.TryConsume<SequenceEnd>(out _); i++)
        {
            ReadNode(parser, prefix + i.ToString(CultureInfo.InvariantCulture), LineOf(parser), depth, entries);
        }
    }

    private static T Peek<T>(Parser parser, int line, string what)
        where T : NodeEvent
    {
        bool isOfForm = parser.Accept<T>(out T? node);
        if (parser.Current is AnchorAlias || (node is not null && !(node.Anchor.IsEmpty && node.Tag.IsEmpty)))
        {
            throw new YamlFileException(line, "anchors, aliases and tags are not read here", "write the value out");
        }

        return isOfForm ? node! : throw new YamlFileException(line, $"{what} has another form than key: value", Syntax);
    }

    private static bool IsNull(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static int LineOf(Parser parser) => (int)(parser.Current?.Start.Line ?? 0);
}
