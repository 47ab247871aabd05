using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Partitions;

/// <summary>Answer of <c>GET /admin/partitions</c>.</summary>
/// <param name="Partitions">All of them.</param>
/// <param name="Skew">Entries of the largest, as a multiple of the mean; null if nobody knows.</param>
/// <param name="Workers">What each worker says by itself.</param>
/// <param name="Unreachable">Workers that did not answer.</param>
internal sealed record PartitionsDocument(
    ImmutableArray<PartitionDocument> Partitions, double? Skew, ImmutableArray<WorkerAnswer> Workers,
    ImmutableArray<Unanswered> Unreachable);
