namespace Realtime.Edge.Auth;

/// <summary>Why a ticket was not redeemed.</summary>
internal enum TicketFailure
{
    /// <summary>It was.</summary>
    None,

    /// <summary>It is unknown, used already, too old, or for another origin: nobody is told which.</summary>
    Bad,

    /// <summary>The log, which keeps tickets, is away. Whether the ticket is used up is not known.</summary>
    LogUnavailable,

    /// <summary>No worker could be asked.</summary>
    NoWorker,

    /// <summary>
    /// No worker was asked: they are being asked about as many as may be. The ticket is as good as before.
    /// </summary>
    TooMany,
}
