namespace Realtime.Hosting.Health;

/// <summary>
/// One number under <c>load</c> in <c>/readyz</c>, registered as a singleton, such as <c>connections</c>. The edge
/// spreads new connections by <see cref="ReadinessReport.Connections"/>.
/// </summary>
/// <param name="Name">Its key, snake_case, unique in the process.</param>
/// <param name="Read">Reads it now, without waiting.</param>
public sealed record LoadFigure(string Name, Func<long> Read);
