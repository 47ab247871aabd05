using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;

namespace Realtime.Workers.Tickets;

/// <summary>What somebody wants of a ticket.</summary>
/// <param name="Scope">What it is to allow; null: all that the token allows.</param>
/// <param name="Origin">Whose pages are to use it; null: not said.</param>
/// <param name="Lifetime">How long it is to be good; null: not said.</param>
internal sealed record TicketRequest(Grants? Scope, string? Origin, TimeSpan? Lifetime)
{
    private const int OriginLengthMax = 256;
    private const string OriginRule = "must be an origin such as https://app.example.org, as a browser sends it";

    private static readonly TicketRequest Nothing = new(null, null, null);

    /// <summary>Reads a body, which may be empty; collects all that is wrong with it.</summary>
    public static TicketRequest Read(byte[] body, List<ProblemError> errors)
    {
        if (body.Length == 0)
        {
            return Nothing;
        }

        using JsonDocument? document = TicketBody.Parse(body);
        if (document is null)
        {
            errors.Add(new("", "must be an object such as {\"scope\":\"read:agents/a1\"}, or nothing"));
            return Nothing;
        }

        JsonElement json = document.RootElement;
        Grants? scope = null;
        if (!TicketBody.TryGetText(json, "scope", out string? scopeText)
            || (scopeText is not null && !Grants.TryParse(scopeText, out scope)))
        {
            errors.Add(new(
                "/scope",
                $"must be a text of at most {Grants.ScopeLengthMax} characters and {Grants.GrantsMax} grants"));
        }

        if (!TicketBody.TryGetText(json, "origin", out string? origin) || (origin is not null && !IsOrigin(origin)))
        {
            errors.Add(new("/origin", OriginRule));
            origin = null;
        }

        return new TicketRequest(scope, origin, ReadLifetime(json, errors));
    }

    /// <summary>Whether a text may be the value of an <c>Origin</c> header.</summary>
    public static bool IsOrigin(string text) =>
        text.Length is > 0 and <= OriginLengthMax
        && (text == "null" || (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length == 0
            && text == uri.GetLeftPart(UriPartial.Authority)));

    private static TimeSpan? ReadLifetime(JsonElement json, List<ProblemError> errors)
    {
        if (!json.TryGetProperty("lifetime_ms", out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long ms)
            && ms >= TicketOptions.LifetimeMin.TotalMilliseconds && ms <= TicketOptions.LifetimeMax.TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(ms);
        }

        errors.Add(new(
            "/lifetime_ms",
            $"must be a whole number from {TicketOptions.LifetimeMin.TotalMilliseconds} to "
            + $"{TicketOptions.LifetimeMax.TotalMilliseconds}"));
        return null;
    }
}
