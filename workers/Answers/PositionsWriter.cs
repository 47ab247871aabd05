using Realtime.Protocol;

namespace Realtime.Workers.Answers;

/// <summary>Writes cursors into an answer.</summary>
internal static class PositionsWriter
{
    /// <summary>A name and a list of positions.</summary>
    public static void Write(IAnswer answer, string name, IReadOnlyList<EventPosition> positions)
    {
        answer.WriteName(name);
        answer.StartList(positions.Count);
        foreach (EventPosition position in positions)
        {
            answer.WriteText(position.ToString());
        }

        answer.EndList();
    }
}
