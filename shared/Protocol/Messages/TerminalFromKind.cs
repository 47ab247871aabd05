namespace Realtime.Protocol.Messages;

/// <summary>How <see cref="TerminalFrom"/> names a place.</summary>
public enum TerminalFromKind
{
    /// <summary>The first byte retained.</summary>
    Start,

    /// <summary>So many bytes before the end.</summary>
    Tail,

    /// <summary>An exact offset.</summary>
    Offset,
}
