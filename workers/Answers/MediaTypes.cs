using Microsoft.Net.Http.Headers;

namespace Realtime.Workers.Answers;

/// <summary>Which content types are taken, and which answer is wanted.</summary>
internal static class MediaTypes
{
    /// <summary>How answers of JSON are called.</summary>
    public const string Json = "application/json";

    /// <summary>How answers of MessagePack are called.</summary>
    public const string MessagePack = "application/msgpack";

    /// <summary>The rule for messages, in words.</summary>
    public const string MessagesRule = "The content type must be application/json (UTF-8) or application/msgpack.";

    /// <summary>The rule for bytes, in words.</summary>
    public const string BytesRule = "The content type must be application/octet-stream, or none.";

    // More are a mistake or worse; then what is asked for is as unclear as without any.
    private const int RangesMax = 32;

    // By the name that most libraries use, the older one, and the registered one.
    private static readonly string[] MessagePackNames =
        [MessagePack, "application/x-msgpack", "application/vnd.msgpack"];

    /// <summary>Whether it is JSON in UTF-8, which is what JSON between systems is (RFC 8259, 8.1).</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && Is(type, Json)
        && (!type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is MessagePack, by any of its names.</summary>
    public static bool IsMessagePack(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) && IsMessagePack(type);

    /// <summary>Whether it says bytes, or nothing.</summary>
    public static bool IsBytes(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
            && Is(type, "application/octet-stream"));

    /// <summary>
    /// The form that <c>Accept</c> prefers (RFC 9110, 12.5.1); without any preference that of the request's body, or
    /// JSON.
    /// </summary>
    public static AnswerForm WantedForm(HttpRequest request)
    {
        AnswerForm inKind = IsMessagePack(request.ContentType) ? AnswerForm.MessagePack : AnswerForm.Json;
        if (request.Headers.Accept.Count is 0
            || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? ranges)
            || ranges.Count > RangesMax)
        {
            return inKind;
        }

        int preference = Comparer<(double, int)>.Default.Compare(
            WeightOf(ranges, IsMessagePack), WeightOf(ranges, type => Is(type, Json)));
        return preference switch
        {
            > 0 => AnswerForm.MessagePack,
            < 0 => AnswerForm.Json,
            _ => inKind,
        };
    }

    // The most exact range that matches says the quality. Of two forms of one quality the one that is named more
    // exactly is meant: nobody writes `application/msgpack, */*` to get JSON.
    private static (double Quality, int Exactness) WeightOf(
        IList<MediaTypeHeaderValue> ranges, Func<MediaTypeHeaderValue, bool> isNamed)
    {
        (int Exactness, double Quality) best = (0, 0);
        foreach (MediaTypeHeaderValue range in ranges)
        {
            int exactness =
                isNamed(range) ? 3
                : range.MatchesAllTypes ? 1
                : range.MatchesAllSubTypes && range.Type.Equals("application", StringComparison.OrdinalIgnoreCase) ? 2
                : 0;
            (int, double) one = (exactness, range.Quality ?? 1);
            if (exactness > 0 && Comparer<(int, double)>.Default.Compare(one, best) > 0)
            {
                best = one;
            }
        }

        return best.Quality > 0 ? (best.Quality, best.Exactness) : (0, 0);
    }

    private static bool IsMessagePack(MediaTypeHeaderValue type) =>
        MessagePackNames.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    private static bool Is(MediaTypeHeaderValue type, string name) =>
        type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);
}
