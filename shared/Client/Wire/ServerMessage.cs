using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Wire;

/// <summary>
/// The fields of one message of the server, whichever they are. One instance is filled again and again by
/// <see cref="ServerMessageReader"/>: what must outlive the next message is taken out by <see cref="TakeEvent"/> and
/// the like.
/// </summary>
internal sealed class ServerMessage
{
    private readonly List<EventPosition> _cursor = [];

    /// <summary>The message's name; empty if it has none.</summary>
    public string Op { get; set; } = string.Empty;

    public string? Id { get; set; }

    public string? Channel { get; set; }

    public string? Type { get; set; }

    public string? Agent { get; set; }

    public string? Task { get; set; }

    public string? Project { get; set; }

    public string? StateKey { get; set; }

    public long? Ts { get; set; }

    public long? Sent { get; set; }

    /// <summary>Whether an event is a value of a snapshot.</summary>
    public bool Snapshot { get; set; }

    public JsonElement? Payload { get; set; }

    /// <summary>Whether a cursor was given, right or wrong.</summary>
    public bool HasCursor { get; set; }

    /// <summary>Whether a position of it could not be read.</summary>
    public bool HasBadPosition { get; set; }

    /// <summary>The positions of <c>cursor</c>, which may stand there as a list or alone.</summary>
    public List<EventPosition> Cursor => _cursor;

    public bool? Recovered { get; set; }

    public int? Partition { get; set; }

    public string? After { get; set; }

    public string? ResumesAt { get; set; }

    public long? Missing { get; set; }

    public string? Reason { get; set; }

    public string? Epoch { get; set; }

    public long? Offset { get; set; }

    /// <summary>Bytes of a terminal before they were encoded.</summary>
    public long? Length { get; set; }

    public byte[]? Data { get; set; }

    public string? Encoding { get; set; }

    public string? Stream { get; set; }

    /// <summary>Whether <c>end</c> was given, right or wrong.</summary>
    public bool HasEnd { get; set; }

    public int? ExitCode { get; set; }

    /// <summary>Whether <c>size</c> or <c>resize</c> was given, right or wrong.</summary>
    public bool HasSize { get; set; }

    /// <summary>Of <c>size</c> or <c>resize</c>.</summary>
    public int? Columns { get; set; }

    /// <summary>Of <c>size</c> or <c>resize</c>.</summary>
    public int? Rows { get; set; }

    public long? Count { get; set; }

    public string? Nonce { get; set; }

    public long? Delay { get; set; }

    public long? Deadline { get; set; }

    public long? ExpiresAt { get; set; }

    public string? Code { get; set; }

    public string? Detail { get; set; }

    public string? Request { get; set; }

    public bool Retry { get; set; }

    public long? HeartbeatMs { get; set; }

    public long? Time { get; set; }

    public int? MessageBytes { get; set; }

    public int? Subscriptions { get; set; }

    public int? TerminalWindowBytes { get; set; }

    /// <summary>Bytes that the message took on the wire.</summary>
    public int Bytes { get; set; }

    public GapReason GapReason => Reason == GapReasons.NameOf(GapReason.Epoch) ? GapReason.Epoch : GapReason.Retention;

    public TerminalStream? TerminalStream => Stream switch
    {
        "stdout" => Client.TerminalStream.Stdout,
        "stderr" => Client.TerminalStream.Stderr,
        _ => null,
    };

    /// <summary>Forgets the message before.</summary>
    public void Clear()
    {
        Op = string.Empty;
        Id = Channel = Type = Agent = Task = Project = StateKey = null;
        Ts = Sent = null;
        Snapshot = HasCursor = HasBadPosition = HasEnd = HasSize = Retry = false;
        Payload = null;
        _cursor.Clear();
        Recovered = null;
        Partition = null;
        After = ResumesAt = Reason = Epoch = Encoding = Stream = null;
        Missing = Offset = Length = Count = Delay = Deadline = ExpiresAt = HeartbeatMs = Time = null;
        Data = null;
        ExitCode = Columns = Rows = MessageBytes = Subscriptions = TerminalWindowBytes = null;
        Nonce = Code = Detail = Request = null;
        Bytes = 0;
    }

    /// <summary>
    /// The event; null if it is none that this version understands (a channel to come). <paramref name="isValid"/> says
    /// whether it is one that the protocol allows.
    /// </summary>
    public AgentEvent? TakeEvent(out bool isValid)
    {
        isValid = EventPosition.TryParse(Id, out EventPosition id)
            && Channel is not null && Type is not null && Payload is not null;
        return isValid && ChannelNames.TryParse(Channel, out Channel channel)
            ? new AgentEvent
            {
                Id = id,
                Channel = channel,
                Type = Type!,
                Agent = Agent,
                Task = Task,
                Project = Project,
                StateKey = StateKey,
                TimestampMs = Ts ?? id.Entry.Ms,
                SentMs = Sent ?? id.Entry.Ms,
                Payload = Payload!.Value,
            }
            : null;
    }

    /// <summary>The gap in a stream of events; null if it names no partition.</summary>
    public EventGap? TakeEventGap() => Partition is { } partition
        ? new EventGap(partition, PositionOf(After), PositionOf(ResumesAt), Missing, GapReason)
        : null;

    /// <summary>A position written alone; null if there is none.</summary>
    private static EventPosition? PositionOf(string? text) =>
        EventPosition.TryParse(text, out EventPosition position) ? position : null;
}
