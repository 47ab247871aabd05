namespace Realtime.Workers.Delivery;

/// <summary>How a connection gets one stream's events.</summary>
internal enum FeedMode
{
    /// <summary>It reads on from its own position, out of the recent window or the log, at its own speed.</summary>
    Behind,

    /// <summary>It has read all there was and asked the stream's tail to hand it over.</summary>
    HandingOver,

    /// <summary>The tail puts events into its ring as they come.</summary>
    Live,

    /// <summary>The connection or its last subscription is gone.</summary>
    Closed,
}
