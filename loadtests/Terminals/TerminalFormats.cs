using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Terminals;

/// <summary>How a <see cref="TerminalFormat"/> is asked for.</summary>
internal static class TerminalFormats
{
    /// <summary>Its name on the command line.</summary>
    public static string NameOf(TerminalFormat format) => format switch
    {
        TerminalFormat.MessagePack => "msgpack",
        TerminalFormat.Json => "json",
        _ => "json-lz4",
    };

    /// <summary>The one of a name, or null.</summary>
    public static TerminalFormat? Find(string name) =>
        Enum.GetValues<TerminalFormat>().Cast<TerminalFormat?>()
            .FirstOrDefault(format => NameOf(format!.Value) == name);

    /// <summary>The subprotocol to offer.</summary>
    public static string SubprotocolOf(TerminalFormat format) =>
        format == TerminalFormat.MessagePack ? Subprotocols.MessagePack : Subprotocols.Json;

    /// <summary>Path and query of a connection that subscribes later.</summary>
    public static string PathOfNone(TerminalFormat format) =>
        $"/ws/agents{(format == TerminalFormat.JsonLz4 ? "?encoding=lz4" : string.Empty)}";

    /// <summary>Path and query of one terminal.</summary>
    public static string PathOf(TerminalFormat format, string task, string from) =>
        $"/ws/terminal/{task}?from={from}{(format == TerminalFormat.JsonLz4 ? "&encoding=lz4" : string.Empty)}";
}
