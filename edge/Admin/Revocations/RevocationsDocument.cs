using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Revocations;

/// <summary>Answer of <c>GET /admin/revocations</c>.</summary>
/// <param name="Revocations">Those in force on any worker, by id.</param>
/// <param name="Total">How many the worker has that has the most.</param>
/// <param name="More">Whether there are more: ask again with <c>after</c> the last id.</param>
/// <param name="Unreachable">Workers that did not answer.</param>
internal sealed record RevocationsDocument(
    ImmutableArray<JsonObject> Revocations, long Total, bool More, ImmutableArray<Unanswered> Unreachable);
