namespace Realtime.Protocol.Messages;

/// <summary>The fields that messages of clients may have.</summary>
[Flags]
internal enum ClientField
{
    None = 0,
    Id = 1 << 0,
    Channels = 1 << 1,
    Agents = 1 << 2,
    Tasks = 1 << 3,
    Projects = 1 << 4,
    Types = 1 << 5,
    After = 1 << 6,
    Snapshot = 1 << 7,
    Conflate = 1 << 8,
    Terminal = 1 << 9,
    From = 1 << 10,
    Offset = 1 << 11,
    Token = 1 << 12,
    Nonce = 1 << 13,
    Features = 1 << 14,
    Op = 1 << 15,
    Epoch = 1 << 16,
    HeartbeatMs = 1 << 17,

    OfEvents = Channels | Agents | Tasks | Projects | Types | After | Snapshot | Conflate,
    OfTerminal = Terminal | From,
}
