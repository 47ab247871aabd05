namespace Realtime.Protocol.Messages;

/// <summary>Why something is missing; on the wire in lower case.</summary>
public enum GapReason
{
    /// <summary>Removed by age, length or bytes.</summary>
    Retention,

    /// <summary>The stream's history was lost, reset or found inconsistent.</summary>
    Epoch,
}
