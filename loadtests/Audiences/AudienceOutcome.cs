namespace Realtime.Loadtests.Audiences;

/// <summary>What viewers of events saw, all together.</summary>
/// <param name="Missing">Events that did not come.</param>
/// <param name="Duplicates">Events that came again.</param>
/// <param name="OutOfOrder">Events that came behind one with a higher number.</param>
/// <param name="Misrouted">Events that should not have come.</param>
/// <param name="Disconnected">Viewers that were cut off.</param>
/// <param name="FirstEnd">Why the first was.</param>
/// <param name="Retries">Attempts to connect that had to be repeated.</param>
internal sealed record AudienceOutcome(
    long Missing, long Duplicates, long OutOfOrder, long Misrouted, int Disconnected, string? FirstEnd, int Retries)
{
    /// <summary>Nobody was there.</summary>
    public static AudienceOutcome None { get; } = new(0, 0, 0, 0, 0, null, 0);

    /// <summary>Both together.</summary>
    public static AudienceOutcome operator +(AudienceOutcome one, AudienceOutcome other) => new(
        one.Missing + other.Missing, one.Duplicates + other.Duplicates, one.OutOfOrder + other.OutOfOrder,
        one.Misrouted + other.Misrouted, one.Disconnected + other.Disconnected, one.FirstEnd ?? other.FirstEnd,
        one.Retries + other.Retries);
}
