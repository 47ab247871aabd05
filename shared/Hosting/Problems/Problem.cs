using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Realtime.Hosting.Problems;

/// <summary>Problem documents (RFC 9457): the one way in which edge and workers refuse an HTTP request.</summary>
public static class Problem
{
    /// <summary>
    /// Answers with <c>application/problem+json</c>: <c>type</c>, <c>title</c>, <c>status</c>, <c>code</c> (of <c>ErrorCodes</c>),
    /// <c>detail</c>, <c>retry</c>, and <c>errors</c> if there are any. Sets <c>Retry-After</c> (whole seconds, rounded up) if given.
    /// <paramref name="members"/> writes further members of the document.
    /// </summary>
    public static Task WriteAsync(
        HttpContext context, int status, string code, string detail,
        IReadOnlyList<ProblemError>? errors = null, TimeSpan? retryAfter = null,
        Action<Utf8JsonWriter>? members = null) => throw new NotImplementedException();
}
