using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>The C# SDK, in this process.</summary>
public sealed class DotnetConformance(ConformanceScene scene) : ConformanceSuite(scene), IClassFixture<ConformanceScene>
{
    private protected override Task<ISdkDriver> StartDriverAsync(RealtimeSystem system) =>
        Task.FromResult<ISdkDriver>(new DotnetDriver(system.Certificate));
}
