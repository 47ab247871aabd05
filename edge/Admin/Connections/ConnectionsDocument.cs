using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Connections;

/// <summary>Answer of <c>GET /admin/connections</c>.</summary>
/// <param name="Connections">Those that match, by session, of all workers, each with its worker.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="More">Whether there are more: ask again with <c>after</c> the last session.</param>
/// <param name="Unreachable">Workers that did not answer, so that theirs are missing.</param>
internal sealed record ConnectionsDocument(
    ImmutableArray<JsonObject> Connections, long Total, bool More, ImmutableArray<Unanswered> Unreachable);
