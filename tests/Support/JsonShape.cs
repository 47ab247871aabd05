using System.Text.Json;

namespace Realtime.Tests.Support;

/// <summary>What a JSON document is made of, without its values: to compare an example with an answer.</summary>
internal static class JsonShape
{
    /// <summary>Names in their order and kinds of values; of lists the first element.</summary>
    /// <param name="value">The document.</param>
    /// <param name="isOpen">Names of members whose value may be anything, null too.</param>
    public static string Of(JsonElement value, Func<string, bool> isOpen) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().Select(
            member => member.Name + ":" + (isOpen(member.Name) ? "?" : Of(member.Value, isOpen)))) + "}",
        JsonValueKind.Array => "[" + value.EnumerateArray().Select(one => Of(one, isOpen)).FirstOrDefault("") + "]",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ValueKind.ToString(),
    };
}
