using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Collects the positions of a cursor, at most one for each partition, which also limits their number.
/// </summary>
internal sealed class CursorBuilder
{
    private const string Rule = "<partition>:<ms>-<offset>.<epoch>";

    private readonly ImmutableArray<EventPosition>.Builder _positions = ImmutableArray.CreateBuilder<EventPosition>();
    private readonly BitArray _partitions = new(EventPosition.PartitionMax + 1);

    /// <summary>Adds the next position; <paramref name="error"/> says what is wrong if it can't be added.</summary>
    public bool TryAdd(ReadOnlySpan<char> text, out string? error)
    {
        error = null;
        if (!EventPosition.TryParse(text, out EventPosition position))
        {
            error = Text($"item {_positions.Count + 1} must be a position {Rule}");
        }
        else if (_partitions[position.Partition])
        {
            error = Text($"two positions for partition {position.Partition}; give one");
        }
        else
        {
            _partitions[position.Partition] = true;
            _positions.Add(position);
        }

        return error is null;
    }

    public ImmutableArray<EventPosition> Build() => _positions.DrainToImmutable();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
