using System.Globalization;
using Realtime.Cli.Terminals;
using Realtime.Client;
using Realtime.Protocol.Events;
using Spectre.Console;

namespace Realtime.Cli.Tail;

/// <summary>
/// One line for each event, in columns: time, type, agent, task, payload. On a terminal in colours and cut to its
/// width.
/// </summary>
internal sealed class TableEventWriter : IEventWriter
{
    private const int TypeColumns = 18;
    private const int NameColumns = 16;

    private readonly IAnsiConsole? _console;
    private readonly TextWriter _output;

    public TableEventWriter(TextWriter output)
    {
        _output = output;
        if (LocalTerminal.Is(Descriptor.StandardOutput))
        {
            _console = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new TerminalOutput(output, Descriptor.StandardOutput) });
        }
    }

    /// <inheritdoc/>
    public void Write(AgentEvent happened)
    {
        string time = DateTimeOffset.FromUnixTimeMilliseconds(happened.AppendedMs).ToLocalTime()
            .ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string type = happened.Type.PadRight(TypeColumns);
        string agent = (happened.Agent ?? "-").PadRight(NameColumns);
        string task = (happened.Task ?? "-").PadRight(NameColumns);

        // GetRawText may hold line breaks of the producer's.
        string payload = VisibleText.Of(happened.Payload.GetRawText().ReplaceLineEndings(" "));
        if (_console is null)
        {
            _output.WriteLine($"{time}  {type}  {agent}  {task}  {payload}");
            return;
        }

        int room = _console.Profile.Width - time.Length - type.Length - agent.Length - task.Length - 8;
        if (payload.Length > room)
        {
            payload = string.Concat(payload.AsSpan(0, Math.Max(0, room - 1)), "…");
        }

        _console.MarkupLine(
            $"[grey]{time}[/]  [{ColourOf(happened.Channel)}]{type.EscapeMarkup()}[/]  {agent.EscapeMarkup()}"
            + $"  [grey]{task.EscapeMarkup()}[/]  {payload.EscapeMarkup()}");
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Flush();

    private static string ColourOf(Channel channel) => channel switch
    {
        Channel.Agents => "green",
        Channel.Tasks => "blue",
        Channel.Messages => "yellow",
        Channel.Budget => "purple",
        _ => "teal",
    };
}
