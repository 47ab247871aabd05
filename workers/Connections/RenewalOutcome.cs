using Realtime.Hosting.Identity;

namespace Realtime.Workers.Connections;

/// <summary>What became of a fresh token. Neither: the connection was over before it was known.</summary>
/// <param name="Renewed">Who it is from now on.</param>
/// <param name="Refused">Why it stays as it was.</param>
internal readonly record struct RenewalOutcome(Identity? Renewed, Refusal? Refused);
