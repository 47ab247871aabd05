namespace Realtime.Loadtests.Bench;

/// <summary>The highest load that a contender carried in one search.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Carried">Deliveries a second; 0: not even the first that was tried.</param>
/// <param name="NotCarried">The lowest that it did not carry; null: it carried all that were tried.</param>
/// <param name="Best">Its run at <paramref name="Carried"/>; null where there is none.</param>
internal sealed record HighestPoint(string Contender, int Carried, int? NotCarried, BenchPoint? Best);
