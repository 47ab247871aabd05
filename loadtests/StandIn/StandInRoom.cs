using System.Buffers;

namespace Realtime.Loadtests.StandIn;

/// <summary>The viewers of one agent, and the frames of the batch at hand.</summary>
internal sealed class StandInRoom
{
    /// <summary>Who watches.</summary>
    public List<StandInConnection> Viewers { get; } = [];

    /// <summary>What they get next.</summary>
    public ArrayBufferWriter<byte> Frames { get; } = new();
}
