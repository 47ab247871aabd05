namespace Realtime.Hosting.Health;

/// <summary>
/// <c>name</c> and <c>time</c> in <c>/readyz</c>, registered as a singleton by who is spoken to in signed words: edges
/// make these for that process and by its clock.
/// </summary>
/// <param name="Name">What the process is called.</param>
/// <param name="Clock">Its clock.</param>
public sealed record ServedBy(string Name, TimeProvider Clock);
