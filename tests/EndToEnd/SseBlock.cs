namespace Realtime.Tests.EndToEnd;

/// <summary>One block of an event stream (WHATWG HTML, section 9.2).</summary>
/// <param name="Event">Its name, if any.</param>
/// <param name="Data">Its data, if any.</param>
/// <param name="Id">The last event id that it sets, if any.</param>
internal sealed record SseBlock(string? Event, string? Data, string? Id);
