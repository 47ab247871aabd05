namespace Realtime.Hosting.Files;

/// <summary>
/// What a file holds is of no use. The message is for operators' logs: it names the rule, and holds nothing of the
/// content.
/// </summary>
public sealed class BadFileException(string message) : Exception(message);
