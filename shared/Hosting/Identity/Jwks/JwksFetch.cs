namespace Realtime.Hosting.Identity.Jwks;

/// <summary>What asking for the keys came to.</summary>
/// <param name="Outcome">Whether they came, or why not.</param>
/// <param name="Keys">The keys, if they came.</param>
internal readonly record struct JwksFetch(JwksOutcome Outcome, JwksSet? Keys = null);
