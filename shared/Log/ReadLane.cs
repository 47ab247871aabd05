namespace Realtime.Log;

/// <summary>Which of the two connections to the log a read uses, so that history never delays what is live.</summary>
public enum ReadLane
{
    /// <summary>For tails: nothing long travels here.</summary>
    Live,

    /// <summary>For history and terminals.</summary>
    Bulk,
}
