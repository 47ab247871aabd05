namespace Realtime.Tests.EndToEnd;

/// <summary>A gap as a client was told of it.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Reason"><c>retention</c> or <c>epoch</c>.</param>
/// <param name="Missing">How many events, if the server knows.</param>
internal sealed record SeenGap(int Partition, string Reason, long? Missing);
