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
    HeartbeatMs = 1 << 12,

    OfPublish = Seq | Events,
    OfAppend = Seq | Task | Data,
    OfEnd = Seq | Task | ExitCode,
    OfResize = Seq | Task | Columns | Rows,
    Optional = Offset | Stream | AfterLoss | Nonce | HeartbeatMs,
}
