using System.Collections.Immutable;
using System.Text.Json;

namespace Realtime.Edge.Admin.Asking;

/// <summary>What one worker said, as it said it.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Answer">Its answer.</param>
internal sealed record WorkerAnswer(string Worker, JsonElement Answer)
{
    public static ImmutableArray<WorkerAnswer> Among(IEnumerable<WorkerWord> words) =>
        [.. words.Where(word => word.IsGood).Select(word => new WorkerAnswer(word.Worker.Id, word.Body))];
}
