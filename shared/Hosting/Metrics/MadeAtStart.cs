namespace Realtime.Hosting.Metrics;

/// <summary>Instruments that are made when the host starts.</summary>
/// <param name="Make">Makes them, or finds them made.</param>
internal sealed record MadeAtStart(Func<IServiceProvider, object> Make);
