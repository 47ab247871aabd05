using System.Globalization;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Client;

/// <summary>What is answered to one request.</summary>
/// <param name="Status">The status, or <see cref="Cut"/>, <see cref="Silence"/>.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">The header.</param>
internal sealed record ScriptedAnswer(int Status, string Body, string? RetryAfter = null)
{
    /// <summary>The connection breaks instead.</summary>
    public const int Cut = -1;

    /// <summary>Nothing comes, for as long as the client waits.</summary>
    public const int Silence = -2;

    public static ScriptedAnswer Problem(int status, string code, bool retry, string? retryAfter = null) => new(
        status, new JsonObject { ["code"] = code, ["detail"] = "why", ["retry"] = retry }.ToJsonString(), retryAfter);

    /// <summary>A result for each: a number is where the event is stored, a text the code of its refusal, with an
    /// exclamation mark if that is for good.</summary>
    public static ScriptedAnswer Accepted(params object[] results) => new(202, ResultsOf("ok", results));

    /// <summary>The same, and the slowest viewer is far behind.</summary>
    public static ScriptedAnswer Pressed(params object[] results) => new(202, ResultsOf("pause", results));

    private static string ResultsOf(string pressure, object[] results) => new JsonObject
    {
        ["results"] = new JsonArray([.. results.Select(ResultOf)]),
        ["pressure"] = new JsonObject { ["state"] = pressure, ["depth"] = 1, ["limit"] = 2 },
    }.ToJsonString();

    private static JsonObject ResultOf(object result) => result is string code
        ? new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["code"] = code.TrimEnd('!'),
                ["detail"] = "why",
                ["retry"] = !code.EndsWith('!'),
            },
        }
        : new JsonObject
        {
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"3:1795230320701-{result}.k3x9qa"),
            ["duplicate"] = false,
        };
}
