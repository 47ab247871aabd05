using System.Collections.Immutable;

namespace Realtime.Edge.Admin.Revocations;

/// <summary>Answer of <c>DELETE /admin/revocations</c>.</summary>
/// <param name="Undone">Whether there was one.</param>
/// <param name="Workers">What each worker did.</param>
internal sealed record UndoneDocument(bool Undone, ImmutableArray<WorkerUndo> Workers);
