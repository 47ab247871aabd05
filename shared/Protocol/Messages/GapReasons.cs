namespace Realtime.Protocol.Messages;

/// <summary>The reasons' names on the wire.</summary>
public static class GapReasons
{
    /// <summary>The name of a reason.</summary>
    public static string NameOf(GapReason reason) => reason switch
    {
        GapReason.Retention => "retention",
        GapReason.Epoch => "epoch",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
