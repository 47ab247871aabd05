using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Admin.Settings;

/// <summary>Answer of <c>GET /admin/configuration</c>.</summary>
/// <param name="Edge">The edge that was asked.</param>
/// <param name="Values">What it runs with, without secrets.</param>
/// <param name="Workers">What the workers run with, as each says.</param>
/// <param name="Unreachable">Workers that did not answer.</param>
internal sealed record ConfigurationDocument(
    string Edge, ImmutableArray<EffectiveValue> Values, ImmutableArray<WorkerAnswer> Workers,
    ImmutableArray<Unanswered> Unreachable);
