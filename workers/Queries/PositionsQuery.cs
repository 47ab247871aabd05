using System.Globalization;
using Realtime.Protocol;

namespace Realtime.Workers.Queries;

/// <summary>The cursor of a request: positions, at most one per stream.</summary>
internal static class PositionsQuery
{
    /// <summary>Reads them, by partition; empty if the parameter is absent or wrong.</summary>
    public static IReadOnlyDictionary<int, EventPosition> Read(QueryReader query, string name, int partitionCount)
    {
        var positions = new Dictionary<int, EventPosition>();
        foreach (string text in query.ReadList(name, partitionCount))
        {
            if (!EventPosition.TryParse(text, out EventPosition position))
            {
                query.Refuse(name, "Each item must be an event's id: <partition>:<ms>-<offset>.<epoch>.");
                break;
            }

            if (position.Partition >= partitionCount)
            {
                query.Refuse(name, string.Create(
                    CultureInfo.InvariantCulture, $"It names a partition above the highest, {partitionCount - 1}."));
                break;
            }

            if (!positions.TryAdd(position.Partition, position))
            {
                query.Refuse(name, "It names a partition more than once; give the newest position of each.");
                break;
            }
        }

        return positions;
    }
}
