namespace Realtime.Tests.Client;

/// <summary>A request as it came.</summary>
/// <param name="Path">With its query.</param>
/// <param name="Body">Its body.</param>
/// <param name="Authorization">The header.</param>
internal sealed record ScriptedRequest(string Path, string Body, string Authorization);
