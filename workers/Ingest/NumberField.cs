using System.Globalization;
using System.Text.Json;
using Realtime.Hosting.Problems;

namespace Realtime.Workers.Ingest;

/// <summary>A whole number that a body must have.</summary>
/// <param name="Name">The field.</param>
/// <param name="Min">The least that is allowed.</param>
/// <param name="Max">The most that is allowed.</param>
internal sealed record NumberField(string Name, int Min, int Max)
{
    /// <summary>The number; adds an error if it is missing, no whole number, or out of range.</summary>
    public int Read(JsonElement root, List<ProblemError> errors)
    {
        if (root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty(Name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number)
            && number >= Min
            && number <= Max)
        {
            return number;
        }

        errors.Add(new ProblemError(
            $"/{Name}", string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {Min} to {Max}")));
        return 0;
    }
}
