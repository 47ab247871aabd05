using System.Collections.Immutable;

namespace Realtime.Edge.Admin.Revocations;

/// <summary>Answer of <c>POST /admin/revocations</c>.</summary>
/// <param name="RevokedAt">Tokens issued up to then are refused.</param>
/// <param name="Until">Up to when it is kept.</param>
/// <param name="Stored">Whether workers that were not reached learn of it from the log; else once that is back.</param>
/// <param name="Disconnected">How many connections were ended.</param>
/// <param name="Workers">What each worker did.</param>
internal sealed record RevokedDocument(
    long RevokedAt, long Until, bool Stored, long Disconnected, ImmutableArray<WorkerRevocation> Workers);
