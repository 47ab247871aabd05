namespace Realtime.Workers.Connections;

/// <summary>
/// How fast the peer of one connection sends. A viewer beyond it is closed; a producer is patient: it is not read for a
/// while, since what it has to say is the more the busier its agent is. For the receive loop.
/// </summary>
internal sealed class ConnectionRate(
    (int MessagesPerSecond, int MessagesBurst, int BytesPerSecond, int BytesBurst) data, ConnectionRateOptions options,
    bool isPatient, TimeProvider clock)
{
    // What a frame costs besides its payload: its header, and being looked at.
    private const int FrameBytes = 32;

    private readonly Allowance _messages = new(data.MessagesPerSecond, data.MessagesBurst, clock);
    private readonly Allowance _bytes = new(data.BytesPerSecond, data.BytesBurst, clock);
    private readonly Allowance _control = new(
        options.ControlFramesPerSecond, options.ControlFramesBurst, clock);

    /// <summary>What there was too much of: <c>messages</c>, <c>bytes</c> or <c>control frames</c>; null: nothing.
    /// </summary>
    public string? Exceeded { get; private set; }

    /// <summary>How long the peer should not be read.</summary>
    public TimeSpan Wait => !isPatient ? TimeSpan.Zero
        : _messages.Debt > _bytes.Debt ? _messages.Debt : _bytes.Debt;

    public void TakeMessage() => TakeMessages(1);

    public void TakeMessages(int count)
    {
        if (!_messages.TryTake(count) && !isPatient)
        {
            Exceeded ??= "messages";
        }
    }

    /// <summary>Counts a frame's payload, of whatever kind it is.</summary>
    public void TakeBytes(int payloadBytes)
    {
        if (!_bytes.TryTake(payloadBytes + FrameBytes) && !isPatient)
        {
            Exceeded ??= "bytes";
        }
    }

    /// <summary>Counts a ping, or a pong that answers nothing.</summary>
    public void TakeControl()
    {
        if (!_control.TryTake(1))
        {
            Exceeded ??= "control frames";
        }
    }
}
