using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Realtime.Edge.Auth;

/// <summary>
/// The token of a request, wherever it stands: <c>Authorization: Bearer</c>, the entry <c>bearer.&lt;token&gt;</c> of
/// <c>Sec-WebSocket-Protocol</c> (browsers can set no other header), or <c>access_token</c> of the query; or the ticket
/// in its place, <c>ticket</c> of the query.
/// </summary>
/// <param name="Value">The token or ticket; null if there is none.</param>
/// <param name="IsAmbiguous">Whether the request carries two different ones: whose would it be?</param>
/// <param name="Kind">Which of both it is.</param>
internal readonly record struct RequestToken(
    string? Value, bool IsAmbiguous, RequestTokenKind Kind = RequestTokenKind.Token)
{
    private const string TokenName = "access_token";
    private const string TicketName = "ticket";
    private const string SubprotocolPrefix = "bearer.";
    private const string Scheme = "Bearer ";

    /// <summary>
    /// Takes token and ticket out of the request: what is forwarded and logged from here on has neither.
    /// </summary>
    public static RequestToken Take(HttpRequest request)
    {
        RequestToken found = TakeFromAuthorization(request.Headers, default);
        found = TakeFromSubprotocols(request.Headers, found);
        return TakeFromQuery(request, found);
    }

    private static RequestToken TakeFromAuthorization(IHeaderDictionary headers, RequestToken found)
    {
        foreach (string? value in headers.Authorization)
        {
            // Other schemes are for other doors; they are dropped all the same.
            if (value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                found = found.And(value[Scheme.Length..].Trim());
            }
        }

        headers.Remove(HeaderNames.Authorization);
        return found;
    }

    private static RequestToken TakeFromSubprotocols(IHeaderDictionary headers, RequestToken found)
    {
        if (headers.SecWebSocketProtocol.Count == 0)
        {
            return found;
        }

        var kept = new List<string>();
        foreach (string entry in headers.GetCommaSeparatedValues(HeaderNames.SecWebSocketProtocol))
        {
            if (entry.StartsWith(SubprotocolPrefix, StringComparison.OrdinalIgnoreCase))
            {
                found = found.And(entry[SubprotocolPrefix.Length..]);
            }
            else
            {
                kept.Add(entry);
            }
        }

        // Assigning nothing removes the header.
        headers.SecWebSocketProtocol = kept.Count == 0 ? StringValues.Empty : string.Join(", ", kept);
        return found;
    }

    private static RequestToken TakeFromQuery(HttpRequest request, RequestToken found)
    {
        string query = request.QueryString.Value ?? "";
        if (query.Length <= 1)
        {
            return found;
        }

        // The others are kept as they were written, to the byte.
        var kept = new StringBuilder();
        bool isTaken = false;
        foreach (QueryStringEnumerable.EncodedNameValuePair pair in new QueryStringEnumerable(query))
        {
            if (KindOf(pair.DecodeName().Span) is { } kind)
            {
                found = found.And(pair.DecodeValue().ToString(), kind);
                isTaken = true;
                continue;
            }

            kept.Append(kept.Length == 0 ? '?' : '&')
                .Append(pair.EncodedName.Span).Append('=').Append(pair.EncodedValue.Span);
        }

        if (isTaken)
        {
            request.QueryString = new QueryString(kept.Length == 0 ? null : kept.ToString());
        }

        return found;
    }

    private static RequestTokenKind? KindOf(ReadOnlySpan<char> name) =>
        name.Equals(TokenName, StringComparison.OrdinalIgnoreCase) ? RequestTokenKind.Token
        : name.Equals(TicketName, StringComparison.OrdinalIgnoreCase) ? RequestTokenKind.Ticket
        : null;

    private RequestToken And(string token, RequestTokenKind kind = RequestTokenKind.Token) => token switch
    {
        "" => this,
        _ when Value is null => this with { Value = token, Kind = kind },
        _ => this with
        {
            IsAmbiguous = IsAmbiguous || kind != Kind || !string.Equals(Value, token, StringComparison.Ordinal),
        },
    };
}
