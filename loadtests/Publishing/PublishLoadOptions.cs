namespace Realtime.Loadtests.Publishing;

/// <summary>How a load publishes.</summary>
internal sealed record PublishLoadOptions
{
    /// <summary>By which way.</summary>
    public ProducerKind Producer { get; init; } = ProducerKind.Http;

    /// <summary>Keep-alive connections.</summary>
    public required int Connections { get; init; }

    /// <summary>Bytes of each event's payload.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>
    /// Whether what was not stored is sent again, with keys (by HTTP): for scenarios that break things.
    /// </summary>
    public bool Repeats { get; init; }

    /// <summary>Most events of one request; below the server's default limit of 1,000.</summary>
    public int BatchEventsMax { get; init; } = 500;
}
