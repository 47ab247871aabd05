namespace Realtime.Protocol.Messages;

/// <summary>The fields that messages of producers may have.</summary>
[Flags]
internal enum ProducerField
{
    None = 0,
    Op = 1 << 0,
    Seq = 1 << 1,
    Events = 1 << 2,
    Task = 1 << 3,
    Offset = 1 << 4,
    Stream = 1 << 5,
    AfterLoss = 1 << 6,
    Data = 1 << 7,
    ExitCode = 1 << 8,
    Columns = 1 << 9,
    Rows = 1 << 10,
    Nonce = 1 << 11,
    Producer = 1 << 12,
    ProducerEpoch = 1 << 13,
    Agent = 1 << 14,
    Holder = 1 << 15,
    Epoch = 1 << 16,
    TtlMs = 1 << 17,
    HeartbeatMs = 1 << 18,
    Renew = 1 << 19,
    Token = 1 << 20,

    OfPublish = Seq | Events,
    OfAppend = Seq | Task | Data,
    OfEnd = Seq | Task | ExitCode,
    OfResize = Seq | Task | Columns | Rows,
    Claim = Producer | ProducerEpoch,
    Lease = Agent | Task | Holder | Epoch | TtlMs | Renew,
    Release = Agent | Task | Holder | Epoch,
    Optional = Offset | Stream | AfterLoss | Nonce | Claim | TtlMs | HeartbeatMs | Renew,
}
