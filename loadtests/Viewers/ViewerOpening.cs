namespace Realtime.Loadtests.Viewers;

/// <summary>How a connection is opened.</summary>
/// <param name="PathAndQuery">What to ask for.</param>
/// <param name="Token">Who asks.</param>
internal sealed record ViewerOpening(string PathAndQuery, string Token)
{
    /// <summary>What is to be spoken; empty: it has no name, and who speaks it needs no token.</summary>
    public string Subprotocol { get; init; } = Subprotocols.Json;

    /// <summary>Whether the token is an edge's stamp, for a worker.</summary>
    public bool IsStamped { get; init; }

    /// <summary>Which edge; null: the first.</summary>
    public Uri? Edge { get; init; }

    /// <summary>The port of what stands in between, such as a slow link; null: the edge's own.</summary>
    public int? Port { get; init; }

    /// <summary>Bytes of one read: small for events, larger for who gets much.</summary>
    public int BufferBytes { get; init; } = 4096;

    /// <summary>Bytes that the kernel keeps for who does not read; 0: as many as it likes.</summary>
    public int SocketBytes { get; init; }

    /// <summary>Where the times of its parts go, if anywhere.</summary>
    public OpeningSteps? Steps { get; init; }

    /// <summary>Takes each message that comes before the subscription is made, and the one that says so.</summary>
    public MessageHandler? OnOpening { get; init; }

    /// <summary>Whether the query makes no subscription, or the caller wants to see the answer: then none is waited
    /// for.</summary>
    public bool SubscribesLater { get; init; }
}
