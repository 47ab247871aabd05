namespace Realtime.Loadtests.Targets;

/// <summary>The system under load can't be started, found or used as asked. The message says what to do.</summary>
internal sealed class TargetException(string message, Exception? inner = null) : Exception(message, inner);
