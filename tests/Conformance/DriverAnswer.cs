using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

/// <summary>The answer to a command.</summary>
internal static class DriverAnswer
{
    /// <summary>The answer, if it is a good one.</summary>
    /// <exception cref="SdkErrorException">The SDK refused the command.</exception>
    public static JsonObject Check(JsonObject answer) => answer["error"] is JsonObject error
        ? throw new SdkErrorException(error["code"]?.GetValue<string>() ?? "none", error["detail"]?.GetValue<string>())
        : answer;
}
