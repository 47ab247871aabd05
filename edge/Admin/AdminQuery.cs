using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin;

/// <summary>
/// Reads the query of an operator's request, strictly: a misspelt parameter is an error, not an order that says
/// something else. All errors are told at once.
/// </summary>
internal sealed class AdminQuery
{
    private const int TextLengthMax = 256;

    private readonly HttpContext _context;
    private readonly List<ProblemError> _errors = [];
    private readonly StringBuilder _told = new();

    private AdminQuery(HttpContext context, string[] known)
    {
        _context = context;
        foreach ((string name, StringValues values) in context.Request.Query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                string rule = known.Length == 0 ? "nothing" : string.Join(", ", known);
                _errors.Add(new(Shown(name), $"is not known here; this endpoint takes {rule}"));
            }
            else if (values.Count > 1)
            {
                _errors.Add(new(name, "must be given once"));
            }
        }

        context.Features.Set(this);
    }

    /// <summary>What was asked for, for the audit: known parameters only, and nothing that breaks a line.</summary>
    public string Told => _told.ToString();

    /// <summary>Whether anything is wrong.</summary>
    public bool IsWrong => _errors.Count > 0;

    /// <summary>Begins to read; whatever is not among these names is an error.</summary>
    public static AdminQuery Of(HttpContext context, params string[] known) => new(context, known);

    /// <summary>Refuses the request, with all errors.</summary>
    public Task RefuseAsync() => Problem.WriteAsync(
        _context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
        string.Join(' ', _errors.Select(error => $"{error.Where} {error.Detail}.")), _errors);

    /// <summary>Adds an error of a rule over several parameters.</summary>
    public void Wrong(string where, string rule) => _errors.Add(new(where, rule));

    /// <summary>A duration; null if it is not given.</summary>
    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (DurationText.TryParse(text, out TimeSpan duration) && duration >= least && duration <= most)
        {
            return duration;
        }

        Wrong(
            name,
            $"must be a duration from {DurationText.Format(least)} to {DurationText.Format(most)}, such as 500ms, 30s"
            + $" or 2m, but is '{Shown(text)}'");
        return null;
    }

    /// <summary>A whole number; null if it is not given.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most)
        {
            return number;
        }

        Wrong(name, $"must be a whole number from {least} to {most}, but is '{Shown(text)}'");
        return null;
    }

    /// <summary>A name of a tenant, an edge or a session; null if it is not given.</summary>
    public string? Name(string name)
    {
        if (Raw(name) is not { } text || EntityName.IsValid(text))
        {
            return Raw(name);
        }

        Wrong(name, $"must be {EntityName.Rule}, but is '{Shown(text)}'");
        return null;
    }

    /// <summary>Any text; null if it is not given.</summary>
    public string? Text(string name, int lengthMax = TextLengthMax)
    {
        if (Raw(name) is not { } text || (text.Length > 0 && text.Length <= lengthMax))
        {
            return Raw(name);
        }

        Wrong(name, $"must have 1 to {lengthMax} characters");
        return null;
    }

    /// <summary>One of a few words; null if it is not given.</summary>
    public string? OneOf(string name, params string[] words)
    {
        if (Raw(name) is not { } text || words.Contains(text, StringComparer.Ordinal))
        {
            return Raw(name);
        }

        Wrong(name, $"must be one of {string.Join(", ", words)}, but is '{Shown(text)}'");
        return null;
    }

    private string? Raw(string name)
    {
        string? text = _context.Request.Query.TryGetValue(name, out StringValues values) ? values[0] : null;
        if (text is not null && !_told.ToString().Contains($" {name}=", StringComparison.Ordinal))
        {
            _told.Append(CultureInfo.InvariantCulture, $" {name}={Shown(text)}");
        }

        return text;
    }

    /// <summary>Short, and on one line.</summary>
    private static string Shown(string text)
    {
        string cut = text.Length <= 64 ? text : $"{text[..64]}…";
        return string.Concat(cut.Select(one => IsShownAsCode(one)
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}")
            : one.ToString()));
    }

    private static bool IsShownAsCode(char one) =>
        char.IsControl(one) || char.IsSurrogate(one) || one is '\u2028' or '\u2029';
}
