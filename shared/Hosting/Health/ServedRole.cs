namespace Realtime.Hosting.Health;

/// <summary>
/// One of <c>roles</c> in <c>/readyz</c>, registered as a singleton: edges send it what belongs to it.
/// </summary>
/// <param name="Role">What the process does.</param>
public sealed record ServedRole(WorkerRole Role);
