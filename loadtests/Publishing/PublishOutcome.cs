namespace Realtime.Loadtests.Publishing;

/// <summary>What became of one batch.</summary>
/// <param name="Stored">Events acknowledged.</param>
/// <param name="Refused">Events that were not.</param>
/// <param name="Reason">Why the first was refused, as the edge said it.</param>
internal readonly record struct PublishOutcome(int Stored, int Refused, string? Reason);
