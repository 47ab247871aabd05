using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>A request on <c>WS /v1/publish</c> that has no good answer yet.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Message">What is sent, again and again if need be.</param>
/// <param name="Take">Given an answer that is no error; false if a part of it is to be asked again.</param>
internal sealed record RawRequest(long Seq, JsonObject Message, Func<JsonElement, bool> Take);
