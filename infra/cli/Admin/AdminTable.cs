using System.Globalization;
using System.Text.Json;
using Realtime.Cli.Terminals;
using Spectre.Console;

namespace Realtime.Cli.Admin;

/// <summary>
/// Shows parts of an answer as a table; on a terminal to its width, elsewhere each row on one line. What servers say is
/// shown with its control characters written out.
/// </summary>
internal sealed class AdminTable
{
    private const int WidthElsewhere = 240;

    private readonly Table _table = new() { Border = TableBorder.None };
    private readonly string[] _members;

    /// <summary>Makes one of these columns, each the path of a member, such as <c>drain.left</c>.</summary>
    public AdminTable(params string[] members)
    {
        _members = members;
        foreach (string member in members)
        {
            _table.AddColumn(new TableColumn(Header(member)) { Padding = new Padding(0, 0, 2, 0), NoWrap = true });
        }
    }

    /// <summary>Adds a row for each.</summary>
    public AdminTable Add(JsonElement list, params (string Name, string Value)[] also)
    {
        foreach (JsonElement row in list.EnumerateArray())
        {
            AddRow(row, also);
        }

        return this;
    }

    /// <summary>Adds one row. What stands in <paramref name="also"/> is no member of it.</summary>
    public void AddRow(JsonElement row, params (string Name, string Value)[] also) =>
        _table.AddRow([.. _members.Select(member => Show(
            also.FirstOrDefault(one => one.Name == member).Value ?? TextOf(row, member)))]);

    public void Write(TextWriter output)
    {
        bool isTerminal = LocalTerminal.Is(Descriptor.StandardOutput);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Out = isTerminal ? new TerminalOutput(output, Descriptor.StandardOutput) : new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthElsewhere;
        }

        console.Write(_table);
    }

    /// <summary>A member of an answer, as text; <c>-</c> if it is not there.</summary>
    public static string TextOf(JsonElement element, string path)
    {
        foreach (string name in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "-";
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.Null => "-",
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            JsonValueKind.Array when element.GetArrayLength() == 0 => "-",
            JsonValueKind.Array => string.Join(", ", element.EnumerateArray().Select(one => one.ToString())),
            JsonValueKind.Number when (path.EndsWith("_at", StringComparison.Ordinal)
                    || path is "until" or "certificate.not_after")
                && element.TryGetInt64(out long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToLocalTime()
                    .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            _ => element.ToString(),
        };
    }

    private static string Header(string member) => member.Replace('_', ' ').Replace('.', ' ').ToUpperInvariant();

    private static string Show(string text) => VisibleText.Of(text).EscapeMarkup();
}
