namespace Realtime.Loadtests.Targets;

/// <summary>
/// What <c>--redis</c> says: a running one, or one to start and how careful it is with what it stores.
/// </summary>
/// <param name="Endpoint"><c>HOST:PORT</c> of a running one; null: start one.</param>
/// <param name="Fsync">Its <c>appendfsync</c>.</param>
internal sealed record RedisChoice(string? Endpoint, string Fsync)
{
    /// <summary>The rule in words.</summary>
    public const string Rule =
        "HOST:PORT of a running Redis, or start, start:everysec or start:no (appendfsync; start alone is always, what "
        + "is promised to producers needs)";

    /// <summary>One that is started, and stores before it answers.</summary>
    public static RedisChoice Started { get; } = new(null, "always");

    /// <summary>Reads one; null if the text is none.</summary>
    public static RedisChoice? Parse(string text) => text switch
    {
        "start" or "start:always" => Started,
        "start:everysec" => new RedisChoice(null, "everysec"),
        "start:no" => new RedisChoice(null, "no"),
        _ when text.Split(':') is [{ Length: > 0 }, var port] && ushort.TryParse(port, out _) =>
            new RedisChoice(text, string.Empty),
        _ => null,
    };
}
