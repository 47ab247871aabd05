using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Realtime.Tests.Edge;

/// <summary>A request as it reached a worker.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, ImmutableDictionary<string, string> Headers)
{
    public static SeenRequest Of(HttpRequest request) => new(
        request.Method,
        request.GetEncodedPathAndQuery(),
        request.Headers.ToImmutableDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
}
