namespace Realtime.Workers.Tail;

/// <summary>
/// This worker follows as many streams or terminals as it may. An exception, as it ends what made a subscription at the
/// same depth, and is undone by the same hands, as a log that is away.
/// </summary>
internal sealed class TailLimitException() : Exception("This worker follows as many streams or terminals as it may.");
