using System.Collections.Immutable;

namespace Realtime.Edge.Admin.Asking;

/// <summary>A worker that did not answer, so that an answer which lacks it says so.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Error">Why.</param>
internal sealed record Unanswered(string Worker, string Error)
{
    public static ImmutableArray<Unanswered> Among(IEnumerable<WorkerWord> words) =>
        [.. words.Where(word => !word.IsGood).Select(word => new Unanswered(word.Worker.Id, word.Error!))];
}
