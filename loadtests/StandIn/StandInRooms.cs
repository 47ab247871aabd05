using System.Buffers;
using System.Text;
using Realtime.Loadtests.Publishing;
using Realtime.Protocol.WebSockets;

namespace Realtime.Loadtests.StandIn;

/// <summary>Who watches which agent, and what a batch of events makes of it.</summary>
internal sealed class StandInRooms
{
    private readonly Dictionary<string, StandInRoom> _rooms = [];
    private readonly Dictionary<string, StandInRoom>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly List<StandInRoom> _touched = [];
    private char[] _name = new char[128];

    /// <summary>Nobody watches yet.</summary>
    public StandInRooms() => _byName = _rooms.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>One watches an agent.</summary>
    public void Join(string agent, StandInConnection viewer)
    {
        if (!_rooms.TryGetValue(agent, out StandInRoom? room))
        {
            _rooms[agent] = room = new StandInRoom();
        }

        room.Viewers.Add(viewer);
    }

    /// <summary>One has gone.</summary>
    public void Leave(StandInConnection viewer)
    {
        foreach (StandInRoom room in _rooms.Values)
        {
            room.Viewers.Remove(viewer);
        }
    }

    /// <summary>Hands each event of an array to who watches its agent: as a frame each, in one write for all of a
    /// batch, as a worker does.</summary>
    public void Publish(ReadOnlySpan<byte> events)
    {
        var reader = new PublishedEvents(events);
        while (reader.TryReadNext(out ReadOnlySpan<byte> agent, out ReadOnlySpan<byte> whole))
        {
            Add(Find(agent), whole);
        }

        foreach (StandInRoom room in _touched)
        {
            foreach (StandInConnection viewer in room.Viewers)
            {
                viewer.Send(room.Frames.WrittenSpan);
            }

            room.Frames.ResetWrittenCount();
        }

        _touched.Clear();
    }

    private void Add(StandInRoom? room, ReadOnlySpan<byte> published)
    {
        if (room is null)
        {
            return;
        }

        if (room.Frames.WrittenCount == 0)
        {
            _touched.Add(room);
        }

        // {"op":"event", and what was published behind its brace.
        ReadOnlySpan<byte> opening = "{\"op\":\"event\","u8;
        int length = opening.Length + published.Length - 1;
        room.Frames.Advance(WebSocketFrameWriter.WriteHeader(
            room.Frames.GetSpan(WebSocketFrameWriter.HeaderBytesMax), WebSocketOpcode.Text, length));
        room.Frames.Write(opening);
        room.Frames.Write(published[1..]);
    }

    private StandInRoom? Find(ReadOnlySpan<byte> agent)
    {
        if (agent.Length > _name.Length)
        {
            _name = new char[agent.Length];
        }

        int length = Encoding.UTF8.GetChars(agent, _name);
        return _byName.TryGetValue(_name.AsSpan(0, length), out StandInRoom? room) ? room : null;
    }
}
