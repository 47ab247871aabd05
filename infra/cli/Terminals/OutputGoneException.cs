namespace Realtime.Cli.Terminals;

/// <summary>Whoever read our output has left, as <c>head</c> does when it has enough: no fault of anybody's.</summary>
internal sealed class OutputGoneException() : IOException("Nobody reads the output any more.");
