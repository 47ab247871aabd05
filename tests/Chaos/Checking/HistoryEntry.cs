namespace Realtime.Tests.Chaos.Checking;

/// <summary>An event as history has it in the end.</summary>
internal sealed record HistoryEntry(Place Place, string Key, EventFacts Facts);
