using Realtime.Client;

namespace Realtime.Cli.Tail;

/// <summary>Writes events to standard output.</summary>
internal interface IEventWriter : IDisposable
{
    /// <summary>Writes one, at once.</summary>
    void Write(AgentEvent happened);
}
