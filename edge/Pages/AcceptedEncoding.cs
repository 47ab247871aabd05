using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Realtime.Edge.Pages;

/// <summary>Reads <c>Accept-Encoding</c>.</summary>
internal static class AcceptedEncoding
{
    /// <summary>Name of an encoding in headers.</summary>
    public static string NameOf(PageEncoding encoding) => encoding switch
    {
        PageEncoding.Gzip => "gzip",
        PageEncoding.Brotli => "br",
        _ => "identity",
    };

    /// <summary>
    /// The smallest encoding that the client takes. What it prefers among them (<c>q</c>) is not asked: browsers give
    /// no preference, and 0 alone means no.
    /// </summary>
    public static PageEncoding Choose(StringValues header)
    {
        if (!StringWithQualityHeaderValue.TryParseList(header, out IList<StringWithQualityHeaderValue>? accepted))
        {
            return PageEncoding.Identity;
        }

        return Takes(accepted, PageEncoding.Brotli) ? PageEncoding.Brotli
            : Takes(accepted, PageEncoding.Gzip) ? PageEncoding.Gzip
            : PageEncoding.Identity;
    }

    // RFC 9110, 12.5.3: `*` stands for what is not named.
    private static bool Takes(IList<StringWithQualityHeaderValue> accepted, PageEncoding encoding)
    {
        string name = NameOf(encoding);
        StringWithQualityHeaderValue? named = Find(accepted, name) ?? Find(accepted, "*");
        return named is not null && named.Quality != 0;
    }

    private static StringWithQualityHeaderValue? Find(IList<StringWithQualityHeaderValue> accepted, string name) =>
        accepted.FirstOrDefault(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase));
}
